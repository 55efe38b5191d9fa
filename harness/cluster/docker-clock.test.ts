import { expect, test } from 'vitest';
import { aheadMs } from './docker-clock.ts';

const EPOCH = Date.parse('2026-01-01T00:00:00Z');
/** Looked at for 40 ms, `off` ms after the middle of it. */
const look = (off: number, tookMs = 40) => ({
  before: EPOCH,
  there: new Date(EPOCH + tookMs / 2 + off).toISOString().replace('Z', '123456Z'),
  after: EPOCH + tookMs,
});

test('a clock that is in step, as far as one can see', () => {
  expect([0, 119, 120, -119, -120].map((off) => aheadMs([look(off)]))).toEqual([0, 0, 0, 0, 0]);
  // Whoever takes ten seconds to answer may have looked at any of them.
  expect(aheadMs([look(4_000, 10_000)])).toBe(0);
});

test('one that is ahead, or behind, by so much at least', () => {
  expect([121, 2_000, -121, -3_000].map((off) => aheadMs([look(off)]))).toEqual([101, 1_980, -101, -2_980]);
});

test('of several looks the closest counts, and what contradicts itself proves nothing', () => {
  expect(aheadMs([look(2_000, 1_000), look(2_000)])).toBe(1_980);
  expect(aheadMs([look(2_000), look(-2_000)])).toBe(0);
});

test('a daemon that does not tell', () => {
  expect(aheadMs([])).toBe(0);
  expect(aheadMs([{ before: EPOCH, there: '', after: EPOCH }])).toBe(0);
});
