import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { type Count, counts } from './moments.ts';

const all = (builder: HistoryBuilder) => counts(builder.mark(40, 'tail-end').history());
/** What was counted last before an instant, or at it. */
const at = (builder: HistoryBuilder, seconds: number): Count => all(builder).findLast(({ t }) => t <= seconds * 1e9)!;

describe('the instants at which is counted', () => {
  const instants = (builder: HistoryBuilder) => all(builder).map(({ t, at, kind }) => `${t / 1e9} ${at} ${kind}`);

  test('each watch event between the trigger and the end, and the state at the trigger', () => {
    const builder = threeUp().pod(10, 'a1').pod(11, 'a1').pod(40, 'a2').pod(41, 'a2');
    expect(instants(builder)).toEqual(['10 trigger EndpointSlice', '10 event Pod', '11 event Pod']);
  });

  test('also those at which a pod has been ready for long enough, each once, in their order', () => {
    const builder = threeUp(new HistoryBuilder(), { minReadySeconds: 5 }).replicaSet(11, 'web-b', 2, 3);
    builder.pod(13, 'b2', { owner: 'web-b', readySince: 13 }).pod(13.5, 'b1', { owner: 'web-b', readySince: 12 });
    builder.pod(13.6, 'b3', { owner: 'web-b', readySince: 13 }).mark(17.5, 'trigger', 'rollback');
    expect(instants(builder).slice(1)).toEqual([
      '11 event ReplicaSet',
      '13 event Pod',
      '13.5 event Pod',
      '13.6 event Pod',
      '17 available Pod',
      '17.5 trigger Pod',
      '18 available Pod',
    ]);
    // One that is told of at just that instant is that event's.
    expect(instants(builder.pod(18, 'b3', { owner: 'web-b', readySince: 13 })).slice(-2)).toEqual([
      '17.5 trigger Pod',
      '18 event Pod',
    ]);
  });

  test('none without a transition, nor before the Deployment was seen', () => {
    expect(all(new HistoryBuilder().deployment(1))).toEqual([]);
    expect(all(new HistoryBuilder().mark(10, 'trigger').replicaSet(11, 'web-a', 1, 3))).toEqual([]);
  });
});

describe('what is counted within one Deployment', () => {
  /** Beside it a canary that nobody rolls: one pod, ready, of a ReplicaSet with a higher revision. */
  function beside(): HistoryBuilder {
    const builder = new HistoryBuilder({ others: ['web-canary'] })
      .deployment(1)
      .deployment(1, { name: 'web-canary', replicas: 1 });
    builder.replicaSet(1, 'canary-a', 7, 1, { deployment: 'web-canary' }).pod(1, 'c1', { owner: 'canary-a' });
    return threeUp(builder).replicaSet(11, 'web-b', 2, 1).pod(12, 'b1', { owner: 'web-b' });
  }

  test('is its own, whoever else serves behind the Service', () => {
    expect(at(beside(), 12)).toMatchObject({
      ready: 4,
      available: 4,
      pods: 4,
      old: 3,
      new: 1,
      oldPods: 3,
      newPods: 1,
      newest: { uid: 'web-b', replicas: 1 },
      selector: '',
      obeyed: true,
    });
  });

  test('pods of a ReplicaSet that is gone are there all the same', () => {
    const builder = threeUp().replicaSet(11, 'web-a', 1, 0, { verb: 'deleted' }).pod(12, 'a1', { terminating: true });
    expect(at(builder, 12)).toMatchObject({ pods: 3, ready: 2, terminating: 1, old: 0, new: 0 });
  });

  test('the newest ReplicaSet is the one with the highest revision', () => {
    expect(at(threeUp(), 10).newest).toEqual({ uid: 'web-a', replicas: 3 });
    const back = goodRoll();
    back.observations.splice(-3);
    back.mark(34, 'trigger', 'rollback').replicaSet(35, 'web-a', 3, 1);
    expect(at(back, 35).newest).toEqual({ uid: 'web-a', replicas: 1 });
    expect(at(new HistoryBuilder().deployment(1).mark(10, 'trigger').pod(11, 'x'), 11).newest).toEqual({
      uid: '',
      replicas: 0,
    });
  });

  test('an ended pod that nobody deletes is none', () => {
    const ended = { ready: false, phase: 'Failed' };
    expect(at(threeUp().pod(12, 'a1', ended), 12)).toMatchObject({ pods: 2, terminating: 0 });
    expect(at(threeUp().pod(12, 'a1', { ...ended, terminating: true }), 12)).toMatchObject({ pods: 3, terminating: 1 });
  });

  test('the floor is what the scenario wants, where it wants one', () => {
    const wants = new HistoryBuilder({ expectation: { verdict: 'pass', floor: 2 } });
    expect([at(threeUp(wants), 10).floor, at(threeUp(), 10).floor]).toEqual([2, 3]);
  });
});

describe('what is missing because the scenario deleted it', () => {
  /** a1 is deleted at 10, and gone at once; a4 is there in its place, and ready, at 11. */
  function deleted(counted: { available?: number }): HistoryBuilder {
    const builder = threeUp();
    builder.observations.pop();
    builder.deletesPods(10, 'a1').gone(10.1, 'a1').pod(10.2, 'a4', { ready: false });
    return builder
      .replicaSet(10.3, 'web-a', 1, 3, counted)
      .pod(11, 'a4')
      .replicaSet(11.1, 'web-a', 1, 3, { available: 3 });
  }

  test('is allowed for until the controller can know that it is made up for', () => {
    const floors = (builder: HistoryBuilder) =>
      [10.2, 11.05, 12.5].map((seconds) => at(builder.pod(12, 'a2'), seconds).floor);
    expect(floors(deleted({ available: 2 }))).toEqual([2, 2, 3]);
    // It still counts one that is gone: it may take one away for it.
    const overrated = deleted({ available: 3 });
    overrated.pod(13, 'a2', { ready: false }).replicaSet(13.1, 'web-a', 1, 3, { available: 3 });
    expect(at(overrated, 13.1).floor).toBe(3);
  });
});

describe('between Deployments', () => {
  const shift = () =>
    threeUp(new HistoryBuilder({ others: ['web-canary'] }).service(1, { app: 'web' })).mark(12, 'trigger', 'canary', {
      to: 'web-canary',
      limits: { floor: 3, ceiling: 4 },
    });

  test('one that is not there yet has no pods, and is obeyed', () => {
    expect(at(shift(), 12)).toMatchObject({
      old: 3,
      new: 0,
      oldPods: 3,
      newPods: 0,
      newest: { uid: 'web-canary', replicas: 0 },
      selector: 'app=web',
      generation: 0,
      obeyed: true,
      rolled: false,
      floor: 3,
      ceiling: 4,
    });
  });

  test('its pods are the new ones, all others are old', () => {
    const builder = shift().deployment(13, { name: 'web-canary', replicas: 1, generation: 2, observed: 1 });
    builder.replicaSet(13.1, 'canary-a', 1, 1, { deployment: 'web-canary' }).pod(14, 'c1', { owner: 'canary-a' });
    expect(at(builder, 14)).toMatchObject({
      old: 3,
      new: 1,
      oldPods: 3,
      newPods: 1,
      pods: 4,
      obeyed: true,
      replicas: 1,
    });
  });
});
