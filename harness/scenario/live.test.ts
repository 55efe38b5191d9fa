import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../history/testing/build.ts';
import type { Observation } from '../history/types.ts';
import { liveState } from './live.ts';

const workload = { namespace: 'ns', deployment: 'web', service: 'web' };

/** What is known once these have come. */
const known = (builder: HistoryBuilder, until?: (one: Observation) => boolean) => {
  const live = liveState(workload, { good: [[200, 399]] });
  const end = until === undefined ? -1 : builder.observations.findIndex(until);
  for (const one of builder.observations.slice(0, end === -1 ? undefined : end + 1)) live.see(one);
  return live;
};

describe('a transition is settled', () => {
  test('once it is rolled out and no old pod is there any more', () => {
    const isGone = (one: Observation) => one.type === 'object' && one.kind === 'Pod' && one.verb === 'deleted';
    const last = goodRoll().observations.findLast(isGone);
    expect(known(goodRoll()).now().settled(2)).toBe(true);
    expect(
      known(goodRoll(), (one) => one.id === last?.id)
        .now()
        .settled(2),
    ).toBe(true);
    expect(known(goodRoll(), isGone).now().settled(2)).toBe(false);
    expect(known(goodRoll()).now().settled(3)).toBe(false);
    expect([1, 2, 3].map((generation) => known(goodRoll()).now().observed(generation))).toEqual([true, true, false]);
    expect(known(goodRoll()).now().observed(1, 'web-canary')).toBe(false);
  });

  /** R goes from 3 to 2, and the Deployment says that it is done. */
  const scaledDown = () =>
    threeUp()
      .deployment(11, { generation: 2, observed: 1, replicas: 2, total: 3, updated: 3, available: 3 })
      .replicaSet(11.1, 'web-a', 1, 2)
      .deployment(11.3, { generation: 2, replicas: 2 });

  test('not before the pods show what the Deployment says: their watch may be late', () => {
    expect(known(scaledDown()).now().settled(2)).toBe(false);
    expect(
      known(scaledDown().pod(11.4, 'a3', { terminating: true, happened: 11.2 }))
        .now()
        .settled(2),
    ).toBe(false);
    expect(
      known(scaledDown().pod(11.4, 'a3', { terminating: true }).gone(15, 'a3'))
        .now()
        .settled(2),
    ).toBe(true);
  });

  test('with a pod that was evicted and stays as failed', () => {
    const evicted = scaledDown().gone(12, 'a3').pod(13, 'a4', { phase: 'Failed', ready: false });
    expect(known(evicted).now().settled(2)).toBe(true);
  });

  test('not while the pods of a ReplicaSet that is gone already terminate', () => {
    const owned = {
      metadata: { ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'web', controller: true }] },
    };
    const builder = threeUp().replicaSet(11, 'web-b', 2, 3);
    for (const i of [1, 2, 3]) builder.pod(12, `b${i}`, { owner: 'web-b' }).pod(12.1, `a${i}`, { terminating: true });
    builder.deployment(12.2, { generation: 2 }).object(12.3, 'ReplicaSet', 'web-a', owned, { verb: 'deleted' });
    expect(known(builder).now().settled(2)).toBe(false);
    for (const i of [1, 2, 3]) builder.gone(16 + i, `a${i}`);
    expect(known(builder).now().settled(2)).toBe(true);
  });

  test('not while minReadySeconds are not over, nor while it is paused in mid-roll', () => {
    const builder = scaledDown().gone(12, 'a3').deployment(13, { generation: 3, replicas: 2, available: 1 });
    expect(known(builder).now().settled(2)).toBe(false);
    const paused = threeUp().deployment(11, { generation: 2, updated: 2, total: 4 });
    expect(known(paused).now().settled(2)).toBe(false);
  });
});

describe('the wave', () => {
  const wave = (builder: HistoryBuilder) => {
    const { old, new: fresh } = known(builder).now();
    return [old, fresh];
  };
  test('counts as new what has a newer revision than any had at the trigger, and the newest of those', () => {
    expect(wave(threeUp())).toEqual([3, 0]);
    expect(wave(threeUp().replicaSet(11, 'web-b', 2, 2))).toEqual([3, 2]);
    expect(wave(threeUp().replicaSet(11, 'web-b', 2, 2).replicaSet(12, 'web-c', 3, 1))).toEqual([5, 1]);
  });
  test('of the next transition begins with nothing new, even if what it goes back to is there', () => {
    const builder = threeUp()
      .replicaSet(11, 'web-b', 2, 3)
      .replicaSet(12, 'web-a', 1, 0)
      .mark(13, 'trigger', 'rollback');
    expect(wave(builder)).toEqual([3, 0]);
    expect(wave(builder.replicaSet(14, 'web-a', 3, 1))).toEqual([3, 1]);
  });
  test('goes on in mid-roll when only R changes', () => {
    expect(wave(threeUp().replicaSet(11, 'web-b', 2, 2).mark(12, 'trigger', 'scale'))).toEqual([3, 2]);
    const builder = new HistoryBuilder().deployment(1).replicaSet(1, 'web-a', 1, 3).mark(5, 'trigger', 'scale');
    expect(wave(builder)).toEqual([0, 3]);
  });
});

test('requests count from the first trigger on', () => {
  const builder = threeUp()
    .request(11)
    .request(12, { status: 500, errorCode: 1500 })
    .mark(13, 'trigger', 'scale')
    .request(14);
  expect(known(builder).view('rolling')).toMatchObject({ requests: 3, drops: 1, wave: [3, 0] });
});

test('when the spec was changed is known from the first sight of its generation', () => {
  const { changedAt } = known(goodRoll()).now();
  expect([1, 2, 3].map(changedAt)).toEqual([1e9, 11e9, undefined]);
});
