import { expect, test } from 'vitest';
import { fits, pairs, together } from './factors.ts';
import { SELECTION } from './selection.ts';

test('every pair of values that can come together does, in one scenario at least', () => {
  const all = pairs();
  expect(all.length).toBeGreaterThan(250);
  expect(all.filter((pair) => !SELECTION.some((row) => together(row, pair)))).toEqual([]);
});

test('no scenario is made of values that cannot come together, none is there twice', () => {
  expect(SELECTION.filter((row) => !fits(row))).toEqual([]);
  expect(new Set(SELECTION.map((row) => JSON.stringify(row))).size).toBe(SELECTION.length);
});

test('a pair that is left out is found', () => {
  const without = SELECTION.filter(({ course, by }) => !(course === 'alone' && by === 'edit'));
  expect(pairs().some((pair) => !without.some((row) => together(row, pair)))).toBe(true);
});
