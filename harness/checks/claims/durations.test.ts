import { describe, expect, test } from 'vitest';
import { goodRoll, type HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { asLongAs, duration, matchesModel } from './durations.ts';
import { taken } from './testing/taken.ts';

/** The roll of goodRoll takes 12 s, and each of its pods 4. */
const roll = (): HistoryBuilder => goodRoll();
const unfinished = () =>
  threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1).mark(30, 'tail-end');
const nothing = () => threeUp().mark(30, 'tail-end');

describe('duration', () => {
  const take = (builder: HistoryBuilder, limits: object = {}) => taken(duration, builder.history(), limits);

  test('is told, and is within its limits or not', () => {
    expect(take(roll())).toMatchObject({
      holds: true,
      figures: '3 pods rolled out in 12.0 s and 6 scalings; no pod terminated any more after 18.0 s',
    });
    expect(take(roll(), { atLeastSeconds: 10, atMostSeconds: 13 }).holds).toBe(true);
    expect(take(roll(), { atLeastSeconds: 13 }).holds).toBe(false);
    expect(take(roll(), { atMostSeconds: 11 }).holds).toBe(false);
  });

  test('has no end where it was not rolled out', () => {
    expect(take(unfinished())).toMatchObject({ holds: false, figures: 'not rolled out in 20.0 s' });
  });

  test('is not known of a transition that never began, or where the watches were blind', () => {
    expect(take(roll(), { of: 1 })).toMatchObject({ holds: undefined, examined: 0 });
    expect(take(roll().gap(12, 14, 'ReplicaSet')).holds).toBeUndefined();
  });
});

describe('as long as another', () => {
  const rolledBackIn = (seconds: number) => {
    const builder = roll();
    const [tail] = builder.observations.splice(-3, 1);
    builder.mark(34, 'trigger', 'rollback').deployment(34.1, { generation: 3, observed: 2 });
    builder.replicaSet(34.2, 'web-a', 3, 1).deployment(34 + seconds, { generation: 3 });
    expect(tail).toMatchObject({ type: 'marker', marker: 'tail-end' });
    return builder.mark(70, 'tail-end');
  };

  test('within its tolerance', () => {
    expect(taken(asLongAs, rolledBackIn(15).history(), {})).toMatchObject({
      holds: true,
      figures: '15.0 s against 12.0 s, 1.25 times as long',
    });
    expect(taken(asLongAs, rolledBackIn(19).history(), {}).holds).toBe(false);
    expect(taken(asLongAs, rolledBackIn(5).history(), {}).holds).toBe(false);
  });

  test('is not known where one has no end', () => {
    expect(taken(asLongAs, unfinished().history(), { of: 0 })).toMatchObject({ holds: undefined, examined: 0 });
    expect(taken(asLongAs, roll().history(), { of: 1 }).examined).toBe(0);
  });
});

describe('the model', () => {
  const take = (builder: HistoryBuilder, args: object) => taken(matchesModel, builder.history(), args);

  test('waves times start-up', () => {
    expect(take(roll(), { startupSeconds: 4 })).toMatchObject({
      holds: true,
      figures: '12.0 s; the model says 12.0 s: 3 times 4.0 s of start-up, as 3 pods roll 1 at a time',
    });
    expect(take(roll(), { startupSeconds: 3 }).holds).toBe(false);
    expect(take(roll(), { startupSeconds: 3, tolerance: 0.34 }).holds).toBe(true);
  });

  test('without a start-up given, it is that of the pods; not known where none got ready', () => {
    // Its pods are ready when they are first seen.
    expect(take(roll(), {}).figures).toContain('0.0 s of start-up');
    expect(take(roll(), {}).holds).toBe(false);
    expect(take(unfinished(), {})).toMatchObject({ holds: undefined, examined: 0 });
    expect(take(nothing(), { startupSeconds: 4 })).toMatchObject({ holds: undefined, examined: 0 });
  });
});
