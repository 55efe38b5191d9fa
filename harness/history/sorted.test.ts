import { expect, test } from 'vitest';
import { firstFrom } from './sorted.ts';

test('the first at an instant or later, of several the first', () => {
  const list = [1, 3, 3, 7].map((t) => ({ t }));
  const found = [0, 1, 2, 3, 4, 7, 8].map((t) => firstFrom(list, t, (one) => one.t));
  expect(found).toEqual([0, 0, 1, 1, 3, 3, 4]);
  expect(firstFrom([], 1, () => 0)).toBe(0);
});
