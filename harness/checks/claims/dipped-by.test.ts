import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder } from '../../history/testing/build.ts';
import { dippedBy } from './dipped-by.ts';
import { taken } from './testing/taken.ts';

const take = (builder: HistoryBuilder, label: 'probe' | 'deletion' = 'probe') =>
  taken(dippedBy, builder.history(), { label });
const flip = () => goodRoll().pod(31, 'b1', { owner: 'web-b', ready: false }).pod(32.5, 'b1', { owner: 'web-b' });

test('a dip with that cause, and what is known of it', () => {
  const { holds, figures, witnesses } = take(flip());
  expect(holds).toBe(true);
  expect(figures).toMatch(/^1 of 1 dips, the lowest to 2 of 3: .*was ready, then not/);
  expect(witnesses).toHaveLength(1);
});

test('of two, the lower one is told', () => {
  const builder = flip()
    .pod(32.6, 'b2', { owner: 'web-b', ready: false })
    .pod(32.6, 'b3', { owner: 'web-b', ready: false });
  expect(take(builder.pod(32.8, 'b2', { owner: 'web-b' }).pod(32.8, 'b3', { owner: 'web-b' })).figures).toMatch(
    /^2 of 2 dips, the lowest to 1 of 3: /,
  );
});

test('a dip with another cause, or none, is none of it', () => {
  expect(take(flip(), 'deletion')).toMatchObject({ holds: false, figures: '1 dips, none by deletion', witnesses: [] });
  expect(take(goodRoll())).toMatchObject({ holds: false, figures: '0 dips, none by probe' });
});

test('is not known while a watch was blind, unless it was seen; nor of nothing', () => {
  for (const kind of ['Pod', 'ReplicaSet', 'Deployment'] as const)
    expect(take(goodRoll().gap(12, 14, kind)).holds).toBeUndefined();
  expect(take(flip().gap(12, 14, 'Pod')).holds).toBe(true);
  expect(take(new HistoryBuilder())).toMatchObject({ holds: undefined, examined: 0 });
});
