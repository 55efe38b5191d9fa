import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import { keepsReady } from './availability.ts';
import { taken } from './testing/taken.ts';

const take = (builder: HistoryBuilder, args: object = {}) => taken(keepsReady, builder.history(), args);

test('as many as the strategy asks for', () => {
  const { holds, figures } = take(goodRoll());
  expect([holds, figures]).toEqual([true, expect.stringMatching(/^lowest 3 available, 3 asked for, at \d+ instants$/)]);
});

test('fewer for a while, with why', () => {
  const builder = goodRoll().pod(31, 'b1', { owner: 'web-b', ready: false }).pod(32.5, 'b1', { owner: 'web-b' });
  const { holds, figures, witnesses } = take(builder);
  expect(holds).toBe(false);
  expect(figures).toContain('; 2 for 1.5 s, from 21.0 s after the trigger on: ');
  expect(builder.observations.find(({ id }) => id === witnesses[0])?.t).toBe(s(31));
  expect(take(builder, { atLeast: 2 }).holds).toBe(true);
});

test('none at all to the end', () => {
  const builder = threeUp();
  for (const name of ['a1', 'a2', 'a3']) builder.pod(20, name, { terminating: true });
  expect(take(builder.mark(30, 'tail-end'), { atLeast: 1 })).toMatchObject({
    holds: false,
    figures: expect.stringContaining('; 0 for 0.0 s, from 10.0 s after the trigger on: '),
  });
});

test('of one transition alone', () => {
  const builder = threeUp().pod(11, 'a1', { ready: false }).pod(12, 'a1').mark(15, 'trigger', 'rollback');
  builder.mark(30, 'tail-end');
  expect(take(builder, { of: 0 }).holds).toBe(false);
  expect(take(builder, { of: 1 }).holds).toBe(true);
});

test('is not known while a watch was blind, unless it was seen to break; nor of nothing', () => {
  expect(take(goodRoll().gap(12, 14, 'Pod')).holds).toBeUndefined();
  const broken = goodRoll().pod(31, 'b1', { owner: 'web-b', ready: false }).gap(12, 14, 'Pod');
  expect(take(broken).holds).toBe(false);
  expect(take(new HistoryBuilder())).toMatchObject({ examined: 0 });
});
