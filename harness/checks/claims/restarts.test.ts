import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
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

  test('is not known where there was no step', () => {
    expect(take(threeUp()).examined).toBe(0);
  });
});
