import { expect, test } from 'vitest';
import { HistoryBuilder, s } from '../../history/testing/build.ts';
import { ended, heldCanary, stepped } from '../../history/testing/canary.ts';
import { analyses, canaryOf, deploymentsOf, heldSteps } from './steps.ts';

const held = (builder: HistoryBuilder) =>
  heldSteps(builder.history()).map(({ step, from, to }) => [step.join('+'), from / 1e9, to / 1e9]);

const action = (builder: HistoryBuilder, at: number, fields: object) =>
  builder.add({ type: 'action', t: s(at), action: 'canary-step', detail: 'stable 8, canary 2', ok: true, ...fields });

test('a step is held from when clients see it until the next one begins, or all ends', () => {
  const builder = ended(stepped(stepped(heldCanary(), 35, 40, [8, 12]), 50, 57, [0, 10]), 'canary');
  // Written in whatever order.
  builder.observations.reverse();
  expect(held(builder).sort()).toEqual([
    ['0+10', 57, 65],
    ['8+12', 40, 50],
    ['9+1', 20, 35],
  ]);
});

test('another transition ends it too; a step that nothing ends is not held', () => {
  expect(held(heldCanary().mark(30, 'trigger', 'rollback').mark(65, 'tail-end'))).toEqual([['9+1', 20, 30]]);
  // The analysis, and what else is marked, are no decision.
  const others = action(heldCanary(), 25, { action: 'canary-analysis', end: s(26), detail: 'stable 9, canary 1' });
  expect(held(others.mark(28, 'settled').mark(40, 'tail-end'))).toEqual([['9+1', 20, 40]]);
  expect(held(heldCanary())).toEqual([['9+1', 20, 20]]);
});

test('one that failed, that did not end, or that names no numbers is none', () => {
  for (const fields of [{ ok: false, end: s(32) }, {}, { end: s(32), detail: 'stable 8' }, { end: s(32), detail: '?' }])
    expect(held(action(heldCanary(), 31, fields).mark(65, 'tail-end'))).toEqual([['9+1', 20, 31]]);
});

test('the canary is what the trigger of a canary names', () => {
  expect(canaryOf(heldCanary().history())).toEqual({ stable: 'web', canary: 'web-canary' });
  const other = new HistoryBuilder().mark(10, 'trigger', 'blue-green', { to: 'green' });
  expect(canaryOf(other.history())).toBeUndefined();
  expect(canaryOf(new HistoryBuilder().mark(10, 'trigger', 'canary').history())).toBeUndefined();
  const { started, ...unstarted } = heldCanary().history();
  expect(canaryOf({ ...unstarted, started: undefined })).toBeUndefined();
});

test('a pod is of the Deployment whose ReplicaSet made it, also when it is gone', () => {
  const bare = { metadata: {} };
  const builder = heldCanary().object(15, 'Pod', 'alone', bare).object(15, 'ReplicaSet', 'orphan', bare);
  builder.pod(15, 'of-orphan', { owner: 'orphan' });
  const of = deploymentsOf(builder.history());
  expect(['a1', 'a10', 'c1', 'alone', 'of-orphan', 'never-seen', ''].map(of)).toEqual([
    'web',
    'web',
    'web-canary',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('without a canary, or without what it found, there is no analysis', () => {
  const analysis = { action: 'canary-analysis', end: s(31), detail: '' };
  expect(analyses(action(heldCanary(), 30, analysis).history())).toEqual([]);
  expect(analyses(action(new HistoryBuilder(), 30, { ...analysis, output: '{}' }).history())).toEqual([]);
});
