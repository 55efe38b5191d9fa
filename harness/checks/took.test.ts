import { expect, test } from 'vitest';
import { goodRoll, s, threeUp } from '../history/testing/build.ts';
import { took } from './took.ts';

const spans = (builder: ReturnType<typeof threeUp>) => took(builder.history()).map(({ from, until }) => [from, until]);

test('until its last wave has ended', () => {
  const [roll] = took(goodRoll().history());
  expect(roll).toMatchObject({ kind: 'rolling', from: s(10), until: s(28) });
  expect(roll!.waves.length).toBeGreaterThan(1);
});

test('without a wave, until it settled; else until the next one began, or the tail ended', () => {
  const restart = () => threeUp().mark(14, 'trigger', 'restart');
  expect(spans(restart().mark(16, 'settled').mark(20, 'tail-end'))).toEqual([
    [s(10), s(14)],
    [s(14), s(16)],
  ]);
  expect(spans(threeUp().mark(12, 'settled').mark(14, 'trigger', 'restart').mark(20, 'tail-end'))).toEqual([
    [s(10), s(12)],
    [s(14), s(20)],
  ]);
  // At once, and at the very instant at which the next one begins: then it is the next one's.
  expect(spans(restart().mark(14, 'settled').mark(20, 'tail-end'))).toEqual([
    [s(10), s(14)],
    [s(14), s(14)],
  ]);
});
