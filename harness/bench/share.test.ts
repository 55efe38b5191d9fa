import { expect, test } from 'vitest';
import { share } from './share.ts';

/** By R: binom.test(hits, of)$conf.int */
test.each([
  [0, 10, 0, 0.3085],
  [10, 10, 0.6915, 1],
  [95, 100, 0.8872, 0.9836],
  [1, 2, 0.0126, 0.9874],
])('of %i of %i the true share lies in an interval', (hits, of, from, to) => {
  const known = share(hits, of);
  expect(known.from).toBeCloseTo(from, 4);
  expect(known.to).toBeCloseTo(to, 4);
});

test('with another level', () => {
  // binom.test(5, 20, conf.level = 0.99)$conf.int
  const known = share(5, 20, 0.99);
  expect(known.from).toBeCloseTo(0.0583, 4);
  expect(known.to).toBeCloseTo(0.5598, 4);
});
