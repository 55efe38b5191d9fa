import { expect, test } from 'vitest';
import { between, countBetween, firstFrom } from './sorted.ts';

test('the first at an instant or later, of several the first', () => {
  const list = [1, 3, 3, 7].map((t) => ({ t }));
  const found = [0, 1, 2, 3, 4, 7, 8].map((t) => firstFrom(list, t, (one) => one.t));
  expect(found).toEqual([0, 0, 1, 1, 3, 3, 4]);
  expect(firstFrom([], 1, () => 0)).toBe(0);
});

test('what lies between two instants, and how much it is: the first of them is in it, the second is not', () => {
  const list = [1, 2, 2, 3, 5].map((t) => ({ t }));
  const times = (from: number, to: number) => between(list, from, to).map(({ t }) => t);
  expect([times(2, 3), times(0, 6), times(2.5, 2.9), times(6, 9)]).toEqual([[2, 2], [1, 2, 2, 3, 5], [], []]);
  expect(times(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toHaveLength(5);
  const bounds: [number, number][] = [
    [2, 3],
    [0, 6],
    [2.5, 2.9],
    [6, 9],
    [3, 2],
    [5, Number.POSITIVE_INFINITY],
  ];
  expect(bounds.map(([from, to]) => countBetween(list, from, to))).toEqual([2, 5, 0, 0, 0, 1]);
});
