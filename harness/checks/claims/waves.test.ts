import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { taken } from './testing/taken.ts';
import { makesReplicaSets, podsGo, readyAtLeast, sameWaves, wantedAtMost } from './waves.ts';

const GOOD = '(3,1) (2,1) (2,2) (1,2) (1,3) (0,3)';

describe('pods go', () => {
  const take = (builder: HistoryBuilder, pods: number[], counted: 'wanted' | 'existing' | 'ready' = 'wanted') =>
    taken(podsGo, builder.history(), { pods, counted });

  test('one more and one less in turn, by what the ReplicaSets want', () => {
    const { holds, figures, witnesses } = take(goodRoll(), [4, 3, 4, 3, 4, 3]);
    expect({ holds, figures }).toEqual({
      holds: true,
      figures: `wanted pods: they went 4, 3, 4, 3, 4, 3, in the waves ${GOOD}`,
    });
    expect(witnesses).toHaveLength(6);
  });

  test('not, where they go otherwise, or are counted otherwise', () => {
    expect(take(goodRoll(), [4, 3, 4, 3]).holds).toBe(false);
    expect(take(goodRoll(), [4, 3, 4, 3, 4, 3], 'existing')).toMatchObject({
      holds: false,
      figures: `existing pods: they went 4, 5, 6, 5, 4, 3, in the waves ${GOOD}`,
    });
  });

  test('of the first transition alone', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 1).replicaSet(12, 'web-a', 1, 0).mark(20, 'trigger', 'patch');
    builder.replicaSet(21, 'web-c', 3, 3).mark(30, 'tail-end');
    expect(take(builder, [4, 1])).toMatchObject({
      holds: true,
      figures: 'wanted pods: they went 4, 1, in the waves (3,1) (0,1)',
    });
  });

  test('is not known where a watch was blind, or nothing began', () => {
    for (const kind of ['Pod', 'Deployment'] as const)
      expect(take(goodRoll().gap(14, 14.5, kind), [4, 3, 4, 3, 4, 3]).holds).toBeUndefined();
    expect(take(goodRoll().gap(14, 14.5, 'ReplicaSet'), [4, 3, 4, 3, 4, 3])).toMatchObject({
      holds: undefined,
      figures: expect.stringContaining('watches were blind for 500 ms'),
    });
    expect(take(new HistoryBuilder().deployment(1), [4]).examined).toBe(0);
  });
});

describe('ready at least', () => {
  const take = (builder: HistoryBuilder, pods: number) => taken(readyAtLeast, builder.history(), { pods });

  test('holds, and tells the fewest that there were', () => {
    expect(take(goodRoll(), 3)).toMatchObject({
      holds: true,
      figures: expect.stringMatching(/ 3 pods were ready at least$/),
    });
  });

  test('not, where a pod is not ready for a moment', () => {
    const builder = threeUp().pod(12, 'a1', { ready: false }).pod(12.1, 'a1').mark(20, 'tail-end');
    const { holds, figures, witnesses } = take(builder, 3);
    expect(holds).toBe(false);
    expect(figures).toContain('2 pods were ready at least');
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([12e9]);
  });

  test('a blind watch hides what may have been, not what was', () => {
    for (const kind of ['Pod', 'ReplicaSet', 'Deployment'] as const)
      expect(take(goodRoll().gap(14, 14.5, kind), 3).holds).toBeUndefined();
    const builder = threeUp().pod(12, 'a1', { ready: false }).gap(14, 14.5, 'Pod').mark(20, 'tail-end');
    expect(take(builder, 3).holds).toBe(false);
  });
});

describe('wanted at most', () => {
  const take = (builder: HistoryBuilder, pods = 4) => taken(wantedAtMost, builder.history(), { pods });

  test('holds, and tells how they went', () => {
    expect(take(goodRoll())).toMatchObject({
      holds: true,
      figures: `they wanted 4, 3, 4, 3, 4, 3, in the waves ${GOOD}`,
    });
  });

  test('not, where they want more for a moment', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 2).replicaSet(11.1, 'web-b', 2, 1).mark(20, 'tail-end');
    const { holds, witnesses } = take(builder);
    expect(holds).toBe(false);
    expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([11e9]);
  });

  test('of the first transition alone; also where they want what they had', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 1).mark(20, 'trigger', 'patch').replicaSet(21, 'web-c', 3, 3);
    expect(take(builder.mark(30, 'tail-end'))).toMatchObject({
      holds: true,
      figures: 'they wanted 4, in the waves (3,1)',
    });
    expect(take(threeUp().mark(20, 'tail-end')).figures).toBe('they wanted what they had, in the waves none');
  });

  test('is not known where a watch was blind, unless it was seen', () => {
    for (const kind of ['ReplicaSet', 'Deployment'] as const)
      expect(take(goodRoll().gap(14, 14.5, kind)).holds).toBeUndefined();
    const more = threeUp().replicaSet(11, 'web-b', 2, 2).gap(14, 14.5, 'Deployment').mark(20, 'tail-end');
    expect(take(more).holds).toBe(false);
  });
});

/** The roll of `goodRoll`, and then one more that goes in one leap. */
function leap(builder = new HistoryBuilder()): HistoryBuilder {
  threeUp(builder).deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
  builder.replicaSet(12, 'web-a', 1, 0);
  return builder.mark(20, 'trigger', 'patch').replicaSet(21, 'web-c', 3, 1).replicaSet(22, 'web-b', 2, 0);
}

describe('same waves', () => {
  const take = (builder: HistoryBuilder) => taken(sameWaves, builder.history(), {});

  test('twice the same', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(12, 'web-a', 1, 0);
    builder.mark(20, 'trigger', 'patch').replicaSet(21, 'web-c', 3, 3).replicaSet(22, 'web-b', 2, 0);
    expect(take(builder.mark(30, 'tail-end'))).toMatchObject({
      holds: true,
      figures: '2 transitions, each in the waves (3,3) (0,3)',
    });
  });

  test('not the same', () => {
    expect(take(leap().mark(30, 'tail-end'))).toMatchObject({
      holds: false,
      figures: 'rolling: (3,1) (0,1); patch: (1,1) (0,1)',
    });
  });

  test('one that scales nothing is not the same', () => {
    const builder = threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(12, 'web-a', 1, 0);
    expect(take(builder.mark(20, 'trigger', 'patch').pod(21, 'b1').mark(30, 'tail-end')).holds).toBe(false);
  });

  test('is not known where a watch was blind, nor where none went through any', () => {
    const twice = () => {
      const builder = threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(12, 'web-a', 1, 0);
      return builder.mark(20, 'trigger', 'patch').replicaSet(21, 'web-c', 3, 3).replicaSet(22, 'web-b', 2, 0);
    };
    for (const kind of ['ReplicaSet', 'Deployment'] as const)
      expect(take(twice().gap(24, 25, kind).mark(30, 'tail-end')).holds).toBeUndefined();
    expect(take(threeUp().mark(20, 'trigger', 'patch').mark(30, 'tail-end')).holds).toBeUndefined();
  });

  test('is not known of one alone', () => {
    expect(take(goodRoll()).holds).toBeUndefined();
  });
});

describe('makes ReplicaSets', () => {
  const take = (builder: HistoryBuilder) => taken(makesReplicaSets, builder.mark(30, 'tail-end').history(), {});

  test('for each transition', () => {
    expect(take(leap())).toMatchObject({
      holds: true,
      figures: 'rolling: revision 2, made for it; patch: revision 3, made for it',
    });
  });

  test('not, where an old one comes back', () => {
    const builder = threeUp()
      .replicaSet(11, 'web-b', 2, 3)
      .mark(20, 'trigger', 'rollback')
      .replicaSet(21, 'web-a', 3, 3);
    expect(take(builder)).toMatchObject({
      holds: false,
      figures: 'rolling: revision 2, made for it; rollback: revision 3, there before',
    });
  });

  test('not, where nothing is rolled; not known, where nothing was seen', () => {
    expect(take(threeUp())).toMatchObject({ holds: false, figures: 'rolling: revision 1, there before' });
    expect(take(new HistoryBuilder().mark(10, 'trigger')).examined).toBe(0);
    expect(take(new HistoryBuilder().deployment(1))).toMatchObject({ examined: 0, figures: '' });
  });

  test('one that is made just as it begins is made for it', () => {
    expect(take(threeUp().replicaSet(10, 'web-b', 2, 1)).holds).toBe(true);
  });
});
