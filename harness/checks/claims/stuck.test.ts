import { expect, test } from 'vitest';
import { goodRoll, type HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { getsStuck, reversesByItself } from './stuck.ts';
import { taken } from './testing/taken.ts';

/** One new pod that never gets ready; ProgressDeadlineExceeded at 26.1. */
function stuck(): HistoryBuilder {
  const builder = threeUp().deployment(10.1, { generation: 2, observed: 1 }).replicaSet(10.3, 'web-b', 2, 1);
  builder.deployment(10.4, { generation: 2, updated: 1, total: 4 });
  builder.pod(11, 'b1', { owner: 'web-b', ready: false });
  return builder.deployment(26.1, { generation: 2, updated: 1, total: 4, stalled: true });
}

const undo = (builder: HistoryBuilder) => builder.mark(35, 'trigger', 'rollback').mark(60, 'tail-end');

test('stuck, and nothing is scaled until somebody does something about it', () => {
  const history = undo(stuck()).replicaSet(36, 'web-b', 2, 0).history();
  const figures =
    'ProgressDeadlineExceeded 16.1 s after the trigger, at 3 old and 1 new, the last scaling after 0.3 s; 0 scalings in the 8.9 s after it';
  expect(taken(getsStuck, history, {})).toMatchObject({ holds: true, figures });
  expect(taken(reversesByItself, history, {})).toMatchObject({ holds: false, figures });
});

test('it goes on', () => {
  const history = undo(stuck().replicaSet(30, 'web-a', 1, 2).replicaSet(30.1, 'web-b', 2, 2)).history();
  expect(taken(getsStuck, history, {}).holds).toBe(false);
  expect(taken(reversesByItself, history, {}).holds).toBe(false);
});

test('what was scaled before, in the same instant as it stalled, and up after it', () => {
  const earlier = threeUp().deployment(10.1, { generation: 2, observed: 1 }).replicaSet(10.3, 'web-b', 2, 2);
  earlier.replicaSet(10.5, 'web-b', 2, 1).deployment(26.1, { generation: 2, updated: 1, total: 4, stalled: true });
  expect(taken(reversesByItself, undo(earlier).history(), {}).holds).toBe(false);
  const atOnce = undo(stuck().replicaSet(26.1, 'web-b', 2, 0)).history();
  expect(taken(getsStuck, atOnce, {}).holds).toBe(false);
  expect(taken(reversesByItself, atOnce, {}).holds).toBe(true);
});

test('an old pod comes back', () => {
  const history = undo(stuck().replicaSet(30, 'web-a', 1, 2).replicaSet(31, 'web-a', 1, 3)).history();
  const back = taken(reversesByItself, history, {});
  expect(back.holds).toBe(true);
  expect(back.witnesses.map((id) => history.observations.find((one) => one.id === id)?.t)).toEqual([31e9]);
});

test('nothing was scaled at all', () => {
  const quota = threeUp().replicaSet(10.3, 'web-b', 2, 0);
  const history = undo(quota.deployment(26.1, { generation: 2, updated: 0, total: 3, stalled: true })).history();
  expect(taken(getsStuck, history, {})).toMatchObject({
    holds: true,
    figures: 'ProgressDeadlineExceeded 16.1 s after the trigger, at 3 old and 0 new; 0 scalings in the 8.9 s after it',
  });
});

test('it goes back', () => {
  const history = undo(stuck().replicaSet(30, 'web-b', 2, 0)).history();
  const back = taken(reversesByItself, history, {});
  expect(back.holds).toBe(true);
  expect(history.observations.find(({ id }) => id === back.witnesses[0])?.t).toBe(30e9);
  expect(taken(getsStuck, history, {}).holds).toBe(false);
});

test('a roll that goes well is not stuck, and whether it would go back is not known', () => {
  const history = goodRoll().history();
  expect(taken(getsStuck, history, {})).toMatchObject({
    holds: false,
    figures: 'no ProgressDeadlineExceeded in 23.0 s',
  });
  expect(taken(reversesByItself, history, {}).holds).toBeUndefined();
});

test('of no transition, and of one that was not watched, nothing is known', () => {
  expect(taken(getsStuck, stuck().history(), { of: 3 })).toMatchObject({ holds: undefined, examined: 0 });
  expect(taken(reversesByItself, stuck().history(), { of: 3 })).toMatchObject({ holds: undefined, examined: 0 });
  expect(taken(getsStuck, undo(stuck().gap(28, 29, 'ReplicaSet')).history(), {}).holds).toBeUndefined();
});
