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

test('a broken line in the middle is named', () => {
  const lines = text.split('\n');
  lines[3] = lines[3]!.slice(0, 20);
  expect(() => decodeHistory(lines.join('\n'))).toThrow(/history line 4 is not JSON/);
});

test.each([
  ['an empty file', '', /first line is not JSON/],
  ['another file', '{"some":"json"}\n', /no "type": "history"/],
  ['a later schema', '{"type":"history","schema":2}\n', /schema 2 is not known here/],
])('%s is no history', (_, content, message) => {
  expect(() => decodeHistory(content)).toThrow(message);
});
