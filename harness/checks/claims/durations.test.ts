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
    expect(take(roll(), { atLeastSeconds: 12, atMostSeconds: 12 }).holds).toBe(true);
    expect(take(roll(), { atLeastSeconds: 13 }).holds).toBe(false);
    expect(take(roll(), { atMostSeconds: 11 }).holds).toBe(false);
  });

  test('has no end where it was not rolled out', () => {
    expect(take(unfinished())).toMatchObject({ holds: false, figures: 'not rolled out in 20.0 s' });
  });

  test('is not known of a transition that never began, or where the watches were blind', () => {
    expect(take(roll(), { of: 1 })).toMatchObject({ holds: undefined, examined: 0 });
    expect(take(roll().gap(12, 14, 'ReplicaSet')).holds).toBeUndefined();
    expect(take(roll().gap(12, 14, 'Deployment')).holds).toBeUndefined();
  });

  test('is told also of pods that never go', () => {
    const builder = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 3);
    builder.pod(12, 'a1', { terminating: true }).replicaSet(12, 'web-a', 1, 0).deployment(15, { generation: 2 });
    expect(take(builder.mark(30, 'tail-end')).figures).toMatch(
      /rolled out in 5\.0 s .*; pods still terminated at the end$/,
    );
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
    expect(taken(asLongAs, rolledBackIn(18).history(), {}).holds).toBe(true);
    expect(taken(asLongAs, rolledBackIn(6).history(), {}).holds).toBe(true);
    expect(taken(asLongAs, rolledBackIn(5).history(), {}).holds).toBe(false);
  });

  test('is not known where one has no end', () => {
    expect(taken(asLongAs, unfinished().history(), { of: 0 })).toMatchObject({ holds: undefined, examined: 0 });
    expect(taken(asLongAs, roll().history(), { of: 1 }).examined).toBe(0);
    expect(taken(asLongAs, roll().history(), { as: 1 }).examined).toBe(0);
    const never = rolledBackIn(15);
    never.observations.splice(never.observations.length - 2, 1);
    for (const [of, as] of [
      [0, 1],
      [1, 0],
    ])
      expect(taken(asLongAs, never.history(), { of: of!, as: as! })).toMatchObject({ holds: undefined, examined: 0 });
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
    expect(take(roll(), { startupSeconds: 3, tolerance: 1 / 3 }).holds).toBe(true);
  });

  test('several at a time, and minReadySeconds each time', () => {
    const builder = roll().deployment(28, { generation: 2, surge: 1, unavailable: 1, minReadySeconds: 2 });
    expect(take(builder, { startupSeconds: 4 })).toMatchObject({
      holds: true,
      figures:
        '12.0 s; the model says 12.0 s: 2 times 4.0 s of start-up and 2 s of minReadySeconds, as 3 pods roll 2 at a time',
    });
  });

  test('of its own pods, those that got ready, the one in the middle', () => {
    const builder = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 3);
    for (const [name, seconds] of [
      ['b1', 9],
      ['b2', 1],
      ['b3', 4],
    ] as const)
      builder.pod(12, name, { owner: 'web-b', ready: false }).pod(12 + seconds, name, { owner: 'web-b' });
    builder.pod(13, 'b4', { owner: 'web-b', ready: false }).deployment(22, { generation: 2 }).mark(30, 'tail-end');
    builder.pod(31, 'b5', { owner: 'web-b', ready: false }).pod(61, 'b5', { owner: 'web-b' });
    expect(take(builder, {}).figures).toContain('3 times 4.0 s of start-up');
  });

  test('without a start-up given, it is that of the pods; not known where none got ready', () => {
    // Its pods are ready when they are first seen.
    expect(take(roll(), {}).figures).toContain('0.0 s of start-up');
    expect(take(roll(), {}).holds).toBe(false);
    expect(take(unfinished(), {})).toMatchObject({ holds: undefined, examined: 0 });
    expect(take(nothing(), { startupSeconds: 4 })).toMatchObject({ holds: undefined, examined: 0 });
  });
});
