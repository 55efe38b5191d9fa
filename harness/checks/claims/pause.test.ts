import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { mixesVersionsWhilePaused, resumes, scalesNothingWhilePaused } from './pause.ts';
import { taken } from './testing/taken.ts';

/** Paused at (2,2), from 14 on; the controller has seen it at 14.2; resumed at 24, rolled out at 30. */
function paused(meanwhile: (builder: HistoryBuilder) => void = () => {}, after = 30): HistoryBuilder {
  const builder = threeUp(new HistoryBuilder({ lanes: ['new', 'kept'] })).deployment(10.1, {
    generation: 2,
    observed: 1,
  });
  builder.replicaSet(10.3, 'web-b', 2, 1).replicaSet(13, 'web-a', 1, 2).replicaSet(13.5, 'web-b', 2, 2);
  builder.deployment(14, { generation: 3, observed: 2, updated: 2, total: 4, paused: true });
  builder.deployment(14.2, { generation: 3, updated: 2, total: 4, paused: true });
  meanwhile(builder);
  builder.deployment(24, { generation: 4, observed: 3, updated: 2, total: 4 });
  builder.replicaSet(26, 'web-a', 1, 0).replicaSet(26, 'web-b', 2, 3);
  return builder.deployment(after, { generation: 4 }).mark(40, 'tail-end');
}

describe('while it is paused nothing is scaled', () => {
  const take = (builder: HistoryBuilder) => taken(scalesNothingWhilePaused, builder.history(), {});

  test('what the controller had begun before it saw the pause does not count', () => {
    expect(take(paused())).toMatchObject({
      holds: true,
      figures: 'paused for 9.8 s at 2 old and 2 new: 0 scalings; 0 in the 200 ms until the controller had seen it',
    });
    const late = paused((builder) => builder.replicaSet(14.1, 'web-a', 1, 1));
    expect(take(late)).toMatchObject({ holds: true, figures: expect.stringContaining('0 scalings; 1 in the 200 ms') });
  });

  test('one is', () => {
    const builder = paused((one) => one.replicaSet(20, 'web-a', 1, 1));
    const { holds, witnesses } = take(builder);
    expect(holds).toBe(false);
    expect(builder.observations.find(({ id }) => id === witnesses[0])?.t).toBe(20e9);
  });

  test('is not known without a pause, or where it was not watched', () => {
    expect(take(goodRoll())).toMatchObject({ holds: undefined, examined: 0 });
    expect(take(paused().gap(16, 17, 'ReplicaSet')).holds).toBeUndefined();
    expect(take(paused().gap(16, 17, 'Deployment')).holds).toBeUndefined();
  });
});

test('a pause is one that the controller has seen while it is judged', () => {
  const take = (builder: HistoryBuilder) => taken(scalesNothingWhilePaused, builder.history(), {}).examined;
  const paused = { generation: 2, paused: true };
  expect(take(threeUp().deployment(8, paused).deployment(9, { generation: 3 }).mark(40, 'tail-end'))).toBe(0);
  expect(take(threeUp().deployment(41, paused).mark(40, 'tail-end'))).toBe(0);
  expect(take(threeUp().deployment(40, paused).mark(40, 'tail-end'))).toBe(0);
  expect(take(threeUp().deployment(10, paused).mark(40, 'tail-end'))).toBeGreaterThan(0);
  expect(
    take(
      threeUp()
        .deployment(14, { ...paused, observed: 1 })
        .mark(40, 'tail-end'),
    ),
  ).toBe(0);
});

/** As `paused`, and a second time from 31 to 35, at (0,3); rolled out again at 36. */
function pausedTwice(): HistoryBuilder {
  const builder = paused();
  builder.observations.pop();
  builder
    .deployment(31, { generation: 5, observed: 4, paused: true })
    .deployment(31.5, { generation: 5, paused: true });
  return builder.deployment(35, { generation: 6, observed: 5 }).deployment(36, { generation: 6 }).mark(40, 'tail-end');
}

test('each of two pauses is looked at, and told of', () => {
  const builder = pausedTwice();
  expect(taken(scalesNothingWhilePaused, builder.history(), {})).toMatchObject({
    holds: true,
    figures: expect.stringContaining('; paused for 3.5 s at 0 old and 3 new: 0 scalings'),
  });
  expect(taken(resumes, builder.history(), {})).toMatchObject({
    holds: true,
    figures: 'rolled out 6.0 s after it was resumed; rolled out 1.0 s after it was resumed',
  });
  builder.request(15, { version: '1' }).request(32, { version: '2' });
  expect(taken(mixesVersionsWhilePaused, builder.history(), {})).toMatchObject({ holds: true, examined: 2 });
});

test('one of two that is not resumed is one too many', () => {
  const builder = paused();
  builder.observations.pop();
  builder.deployment(31, { generation: 5, paused: true }).mark(40, 'tail-end');
  expect(taken(resumes, builder.history(), {})).toMatchObject({
    holds: false,
    figures: 'rolled out 6.0 s after it was resumed; never rolled out',
  });
});

describe('while it is paused both versions answer', () => {
  const take = (builder: HistoryBuilder) => taken(mixesVersionsWhilePaused, builder.history(), {});
  const answers = (versions: string[]) => (builder: HistoryBuilder) => {
    for (const [i, version] of versions.entries()) builder.request(15 + i, { version });
  };

  test('with their shares', () => {
    const builder = paused(answers(['1', '2', '1', '1']));
    builder.request(13, { version: '3' }).request(16, { version: '4', status: 500 });
    expect(take(builder)).toMatchObject({ holds: true, examined: 4, figures: 'new: 1 75%, 2 25% of 4; kept:  of 0' });
  });

  test('in the lanes that are asked for, but never in the control lane, and not where nobody knows the version', () => {
    const builder = paused(answers(['2', '1']));
    builder.request(16, { version: '3', lane: 'control' }).request(17, { version: '' });
    builder.request(18, { version: '4', lane: 'kept' });
    expect(take(builder)).toMatchObject({ examined: 3, figures: 'new: 1 50%, 2 50% of 2; kept: 4 100% of 1' });
    expect(taken(mixesVersionsWhilePaused, builder.history(), { lanes: ['kept'] })).toMatchObject({
      holds: false,
      figures: 'kept: 4 100% of 1',
    });
  });

  test('not, where one answers alone; not known where none does', () => {
    expect(take(paused(answers(['1', '1']))).holds).toBe(false);
    expect(take(paused()).examined).toBe(0);
    expect(take(goodRoll()).examined).toBe(0);
  });
});

describe('it goes on', () => {
  const take = (builder: HistoryBuilder) => taken(resumes, builder.history(), {});

  test('to its end', () => {
    expect(take(paused())).toMatchObject({ holds: true, figures: 'rolled out 6.0 s after it was resumed' });
  });

  test('not, where it never ends, or is never resumed', () => {
    expect(take(paused(() => {}, 45)).holds).toBe(false);
    const builder = threeUp().deployment(14, { generation: 2, paused: true }).mark(40, 'tail-end');
    expect(take(builder)).toMatchObject({ holds: false, figures: 'never rolled out' });
  });

  test('is not known without a pause', () => {
    expect(take(goodRoll())).toMatchObject({ holds: undefined, examined: 0 });
  });
});
