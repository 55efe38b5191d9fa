import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { counts } from './moments.ts';
import { readyFloor } from './rollout.ts';

/** Three pods that have been available for long at the trigger, at 10; a pod has to be ready for 8 s. */
const up = () => threeUp(new HistoryBuilder(), { minReadySeconds: 8 });
const found = (builder: HistoryBuilder) => readyFloor(builder.mark(40, 'tail-end').history());

test('availability comes without a watch event: a dip ends when the seconds are over', () => {
  const builder = up().pod(12, 'a1', { ready: false }).pod(13, 'a1').slice(30, ['a1', 'a2', 'a3']);
  expect(found(builder).detail).toContain('dip to 2 at 12.000 s for 9000 ms');
});

test("they count from the whole second that the API keeps, as the controller's do", () => {
  const builder = up().pod(12, 'a1', { ready: false }).pod(13.9, 'a1', { readySince: 13.9 }).slice(30, ['a1']);
  expect(found(builder).detail).toContain('dip to 2 at 12.000 s for 9000 ms');
});

test('each instant is counted once, with what was observed last', () => {
  const builder = up().pod(12, 'b1', { owner: 'web-a' }).pod(12.1, 'b2', { owner: 'web-a' }).mark(40, 'tail-end');
  const matured = counts(builder.history()).filter(({ at }) => at === 'available');
  expect(matured.map(({ t, id, available }) => [t, id, available])).toEqual([[s(20), 'x-11', 5]]);
});

test('nor is a dip missed that begins after the larger R was reached without an event', () => {
  const builder = up()
    .deployment(11, { generation: 2, observed: 1, replicas: 4, total: 3, updated: 3, available: 3 })
    .replicaSet(11.1, 'web-a', 1, 4)
    .deployment(11.2, { generation: 2, replicas: 4, total: 3, updated: 3, available: 3 })
    .pod(12, 'a4')
    .pod(24, 'a1', { ready: false });
  expect(found(builder)).toMatchObject({ verdict: 'fail', witnesses: ['x-14'] });
});

test('an old ReplicaSet keeps its own minReadySeconds when the Deployment gets others', () => {
  const roll = threeUp()
    .deployment(11, { generation: 2, observed: 1, minReadySeconds: 30 })
    .replicaSet(11.1, 'web-b', 2, 1);
  expect(found(roll).verdict).toBe('pass');
  const same = threeUp()
    .deployment(11, { generation: 2, observed: 1, minReadySeconds: 30 })
    .replicaSet(11.1, 'web-a', 1, 3);
  expect(found(same).detail).toMatch(
    /dip to 0 at 11\.100 s for 19900 ms: .*web-a now asks for 30 s of minReadySeconds/,
  );
});

test('a pod that is replaced by another of its name is another pod: its seconds begin anew', () => {
  const builder = up().gone(12, 'a1').pod(12.001, 'a1', { uid: 'a1-anew', verb: 'added' });
  expect(found(builder).detail).toContain('dip to 2 at 12.000 s for 8000 ms: a1 was deleted, and no scale-down');
});
