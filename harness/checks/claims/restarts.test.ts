import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import type { KubeObject } from '../../history/types.ts';
import { livenessHoldsBack, readinessGuides } from './restarts.ts';
import { taken } from './testing/taken.ts';

const FAILED = 'Container app failed liveness probe, will be restarted';

/** A new pod is up, the kubelet finds it dead at 15, and it is up again at 16. */
function restarted(builder = threeUp()): HistoryBuilder {
  builder.deployment(11, { generation: 2, updated: 1, total: 4 }).replicaSet(11, 'web-b', 2, 1);
  return builder.pod(12, 'b1', { owner: 'web-b' }).event(15, 'b1', 'Killing', FAILED).pod(16, 'b1', {
    owner: 'web-b',
    restarts: 1,
  });
}

describe('liveness holds back', () => {
  const take = (builder: HistoryBuilder) => taken(livenessHoldsBack, builder.mark(35, 'tail-end').history(), {});

  test('a roll that is not complete when it ends', () => {
    expect(take(restarted())).toMatchObject({
      holds: true,
      figures:
        'not complete when it ended, after 25.0 s; containers of the new version were found dead 1 times and restarted 1 times, in one pod 1 times at most',
      examined: 1,
    });
  });

  test('not, where it is complete all the same', () => {
    const builder = restarted().event(18, 'b1', 'Unhealthy', 'Liveness probe failed').replicaSet(19, 'web-a', 1, 0);
    builder.replicaSet(19, 'web-b', 2, 3).deployment(20, { generation: 2 }).event(21, 'b1', 'Killing', FAILED);
    const { holds, figures, witnesses } = take(builder);
    expect({ holds, figures }).toEqual({
      holds: false,
      figures:
        'complete 10.0 s after the trigger; containers of the new version were found dead 2 times (1 of them before that) and restarted 1 times, in one pod 1 times at most',
    });
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([
      15e9, 20e9, 21e9,
    ]);
  });

  test('what is said of others, in other words, before or after it, or taken back, does not count', () => {
    const builder = restarted()
      .event(9, 'b1', 'Killing', FAILED)
      .event(17, 'b1', 'Killing')
      .event(18, 'a1', 'Killing', FAILED);
    builder.object(19, 'Event', 'b1.nobody', { reason: 'Killing', message: FAILED });
    builder.object(19, 'Event', 'b1.silent', { reason: 'Killing', involvedObject: { name: 'b1' } } as KubeObject);
    builder.object(19, 'Pod', 'b9', {
      reason: 'Killing',
      message: FAILED,
      involvedObject: { name: 'b1' },
    } as KubeObject);
    const old = { reason: 'Killing', message: FAILED, involvedObject: { name: 'b1' } } as KubeObject;
    builder.object(20, 'Event', 'b1.old', old, { verb: 'deleted' });
    expect(take(builder.mark(35, 'tail-end').event(36, 'b1', 'Killing', FAILED)).examined).toBe(1);
  });

  test('one found dead just as the roll is complete is no earlier one', () => {
    const builder = restarted().replicaSet(19, 'web-a', 1, 0).replicaSet(19, 'web-b', 2, 3);
    builder.event(20, 'b1', 'Killing', FAILED).deployment(20, { generation: 2 });
    expect(take(builder).figures).toContain('found dead 2 times (1 of them before that)');
  });

  test('a roll back to the old version, in a second transition, completes nothing', () => {
    const builder = restarted().mark(20, 'trigger', 'rollback').deployment(21, { generation: 3, observed: 2 });
    builder.replicaSet(21, 'web-a', 3, 3).replicaSet(21, 'web-b', 2, 0).deployment(22, { generation: 3 });
    expect(take(builder)).toMatchObject({
      holds: true,
      figures: expect.stringContaining('not complete when it ended, after 10.0 s'),
    });
  });

  test('is not known where no version is new, or nothing was done', () => {
    expect(take(threeUp())).toMatchObject({ figures: 'no new ReplicaSet was seen', witnesses: [] });
    expect(take(new HistoryBuilder().deployment(1))).toMatchObject({ figures: 'no new ReplicaSet was seen' });
  });

  test('is not known where none of the new pods failed its liveness', () => {
    const stopped = (about: string, message: string) => goodRoll().event(15, about, 'Killing', message);
    expect(take(stopped('a1', FAILED)).examined).toBe(0);
    expect(take(stopped('b1', 'Stopping container app')).examined).toBe(0);
    expect(take(new HistoryBuilder().deployment(1).mark(10, 'trigger')).examined).toBe(0);
  });
});

describe('readiness guides', () => {
  const take = (builder: HistoryBuilder) => taken(readinessGuides, builder.mark(35, 'tail-end').history(), {});

  test('where each step comes after a new pod was ready', () => {
    expect(take(goodRoll())).toMatchObject({
      holds: true,
      figures: '3 steps, 100, 100, 100 ms after one more new pod was first ready',
      examined: 3,
    });
  });

  test('not, where old pods go first', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 2).pod(12, 'b1', { owner: 'web-b' });
    builder.pod(12, 'b2', { owner: 'web-b', ready: false }).replicaSet(13, 'web-a', 1, 1);
    const { holds, figures, witnesses } = take(builder);
    expect({ holds, figures }).toEqual({
      holds: false,
      figures: '1 of 1 steps came before as many new pods had been ready',
    });
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([13e9]);
  });

  test('the order in which new pods get ready is not the order of their names', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 2).pod(12, 'b1', { owner: 'web-b', ready: false });
    builder.pod(12, 'b2', { owner: 'web-b', ready: false }).pod(12, 'b3', { owner: 'web-b', ready: false });
    builder.pod(13, 'b2', { owner: 'web-b' }).replicaSet(13.2, 'web-a', 1, 2);
    builder.pod(14, 'b1', { owner: 'web-b' }).replicaSet(14, 'web-a', 1, 1);
    expect(take(builder).figures).toBe('2 steps, 200, 0 ms after one more new pod was first ready');
    // In the second step, nothing counts of the second transition.
    builder.mark(20, 'trigger', 'rollback').replicaSet(21, 'web-a', 3, 3).replicaSet(22, 'web-a', 3, 0);
    expect(take(builder).examined).toBe(2);
  });

  test('not, where the new pod is ready only afterwards', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 1).pod(12, 'b1', { owner: 'web-b', ready: false });
    expect(take(builder.replicaSet(13, 'web-a', 1, 2).pod(14, 'b1', { owner: 'web-b' })).holds).toBe(false);
  });

  test('is not known where there was no step', () => {
    expect(take(threeUp()).examined).toBe(0);
    expect(take(new HistoryBuilder().deployment(1))).toMatchObject({ examined: 0, holds: undefined });
  });
});
