import { expect, test } from 'vitest';
import { decodeHistory, encodeLine } from './codec.ts';
import { goodRoll } from './testing/build.ts';

const whole = goodRoll().whole();
const text = [whole.header, ...whole.observations].map(encodeLine).join('');

test('what is written is read back', () => {
  expect(decodeHistory(text)).toEqual(whole);
});

test('a line that a kill cut off is left out, and shows', () => {
  const cut = decodeHistory(text.slice(0, -10));
  expect(cut.truncated).toBe(true);
  expect(cut.observations).toEqual(whole.observations.slice(0, -1));
});

test('bytes are read as their text is, whole, cut off and empty', () => {
  const wide = text.replaceAll('"web"', '"größer \u{1f984}"');
  for (const one of [text, text.slice(0, -10), wide, text.slice(0, text.indexOf('\n') + 1)])
    expect(decodeHistory(new TextEncoder().encode(one))).toEqual(decodeHistory(one));
  expect(() => decodeHistory(new Uint8Array())).toThrow('not a rollproof history');
});

test.each([
  ['cut in two', (line: string) => line.slice(0, 20)],
  ['JSON, but no observation', () => '{"type":"request"}'],
  ['empty', () => ''],
])('a line in the middle that is %s is left out, and named', (_, damaged) => {
  const lines = text.split('\n');
  lines[3] = damaged(lines[3]!);
  const whole = decodeHistory(text);
  const read = decodeHistory(lines.join('\n'));
  expect(read.damaged?.map(({ line }) => line)).toEqual([4]);
  expect(read.observations).toEqual(whole.observations.filter((_, index) => index !== 2));
  expect(whole.damaged).toBeUndefined();
});

test('a line that is not there shows where observations are numbered', () => {
  const line = (id: string, scenario: string) => JSON.stringify({ id, scenario, type: 'self', t: 1 });
  const read = (numbered: boolean, ...lines: string[]) =>
    decodeHistory(
      `${[JSON.stringify({ type: 'history', schema: 1, ...(numbered ? { numbered } : {}) }), ...lines].join('\n')}\n`,
    ).damaged;
  const [a1, a2, a3, b1, b2] = [
    line('a-1', 'a'),
    line('a-2', 'a'),
    line('a-3', 'a'),
    line('b-1', 'b'),
    line('b-2', 'b'),
  ];
  expect(read(true, a1, a2, a3, b1, b2)).toBeUndefined();
  expect(read(true, a1, a3, b1)).toEqual([{ line: 3, beside: ['a', 'a'] }]);
  expect(read(true, a1, b2)).toEqual([{ line: 3, beside: ['a', 'b'] }]);
  expect(read(true, a2, b1)).toEqual([{ line: 2, beside: ['a'] }]);
  // A damaged line is told once.
  expect(read(true, a1, '#', a3)).toEqual([{ line: 3, beside: ['a', 'a'] }]);
  expect(read(false, a1, a3)).toBeUndefined();
});

test.each([
  ['an empty file', '', /first line is not JSON/],
  ['another file', '{"some":"json"}\n', /no "type": "history"/],
  ['a later schema', '{"type":"history","schema":2}\n', /schema 2 is not known here/],
])('%s is no history', (_, content, message) => {
  expect(() => decodeHistory(content)).toThrow(message);
});
