import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runWatch } from './run-watch.ts';

const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'rollproof-watch-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
};
const line = (type: string, detail = '') => `${JSON.stringify({ type, detail })}\n`;

test('what is written to the next run, as far as its lines are whole, without its requests', () => {
  const out = folder();
  const write = (run: string, text: string | Uint8Array) => {
    mkdirSync(join(out, run), { recursive: true });
    appendFileSync(join(out, run, 'history.jsonl'), text);
  };
  write('earlier', line('history'));
  using watch = runWatch(out);
  expect(watch.next()).toEqual([]);
  write('now', line('history') + line('request'));
  expect(watch.next()).toMatchObject([{ type: 'history' }]);
  const cut = Buffer.from(line('marker', 'ü'));
  write('now', cut.subarray(0, cut.indexOf('ü') + 1));
  expect(watch.next()).toEqual([]);
  write('now', cut.subarray(cut.indexOf('ü') + 1));
  rmSync(join(out, 'now'), { recursive: true });
  expect(watch.next()).toMatchObject([{ type: 'marker', detail: 'ü' }]);
});
