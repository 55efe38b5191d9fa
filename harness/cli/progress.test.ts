import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { progress } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a terminal of so many columns shows in the end, line by line; undefined: no terminal. */
function screen(columns?: number) {
  const lines = [''];
  let most = 0;
  const write = (text: string) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a terminal obeys.
    for (const part of text.split(/(\x1b\[1A\x1b\[2K|\r|\n)/)) {
      if (part === '\n') lines.push('');
      else if (part.startsWith('\x1b[1A')) lines.splice(-2, 2, '');
      else lines[lines.length - 1] += stripVTControlCharacters(part.replace('\r', ''));
    }
    most = Math.max(most, ...lines.map(({ length }) => length));
  };
  const view = progress({ write, now: Date.now, ...(columns === undefined ? {} : { columns: () => columns }) });
  return { view, write, shown: () => lines.filter((line) => line !== ''), widest: () => most };
}

test('what has ended stays, what is under way is redrawn in two lines', () => {
  const { view, shown } = screen(60);
  for (const name of ['one', 'two']) {
    view.begin(name);
    view.now('wave (2,1)');
    vi.advanceTimersByTime(4_000);
    expect(shown().slice(-2)).toEqual([expect.stringMatching(new RegExp(`^. ${name} \\[4 s\\]$`)), '    wave (2,1)']);
    view.end(`${name}: pass`);
  }
  expect(shown()).toEqual(['✔ one: pass [4 s]', '✔ two: pass [4 s]']);
});

test('sixty scenarios never take more lines than have ended, and two', () => {
  const { view, shown } = screen(60);
  for (let done = 0; done < 60; done += 1) {
    view.begin(`scenario ${done}`);
    view.now('baseline');
    vi.advanceTimersByTime(1_000);
    expect(shown()).toHaveLength(done + 2);
    view.end(`scenario ${done}: pass`, done % 2 === 0);
  }
  expect(shown()).toHaveLength(60);
  expect(shown()[1]).toMatch(/^✖ /);
});

test('a line that would wrap is cut, and nothing that was told moves the cursor', () => {
  const { view, shown, widest } = screen(30);
  view.begin(`a long name ${'x'.repeat(100)}\x1b[2K`);
  view.now(`waiting\nfor ${'y'.repeat(100)}`);
  vi.advanceTimersByTime(1_000);
  expect(widest()).toBe(29);
  expect(shown()).toHaveLength(2);
});

test('without a terminal nothing is redrawn, and what takes long says so every half minute', () => {
  const { view, shown } = screen();
  view.begin('Cluster');
  for (let second = 0; second < 70; second += 1) {
    vi.advanceTimersByTime(1_000);
    view.now('waiting for a pod');
  }
  view.end('Cluster up');
  expect(shown()).toEqual([
    '  … Cluster: waiting for a pod [30 s]',
    '  … Cluster: waiting for a pod [60 s]',
    '✔ Cluster up [70 s]',
  ]);
});

test('what is hidden is drawn again below what was written meanwhile', () => {
  const { view, shown, write } = screen(60);
  view.begin('one');
  view.now('rolling');
  vi.advanceTimersByTime(1_000);
  view.hide();
  write('\nstopping\n');
  vi.advanceTimersByTime(1_000);
  expect(shown()).toEqual(['stopping', expect.stringMatching(/^. one \[2 s\]$/), '    rolling']);
});

test('what ends without words leaves no line', () => {
  const { view, shown } = screen(60);
  view.begin('Releasing');
  vi.advanceTimersByTime(1_000);
  view.end();
  vi.advanceTimersByTime(1_000);
  expect(shown()).toEqual([]);
});
