import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../history/testing/build.ts';
import type { Expectation, LaneName } from '../history/types.ts';
import { runChecks } from './run.ts';

/** The roll, from second 10 to 28, has so many answers in lane new by itself. */
const OF_THE_ROLL = 3;

/** A roll with `count` answers in lane new, `slow` of which take 200 ms. */
function answered(expectation: Expectation, count: number, slow: number): HistoryBuilder {
  return withAnswers(goodRoll(new HistoryBuilder({ expectation })), count - OF_THE_ROLL, slow, 'new');
}

function withAnswers(builder: HistoryBuilder, count: number, slow: number, lane: LaneName): HistoryBuilder {
  for (let n = 0; n < count; n++)
    builder.request(11 + (n * 16) / count, { lane, seconds: n < count - slow ? 0.002 : 0.2 });
  return builder;
}

const found = (builder: HistoryBuilder, name: string) =>
  runChecks(builder.history()).find((finding) => finding.name === name);

test('they are made only where they are asked for', () => {
  const names = runChecks(answered({ verdict: 'pass' }, 200, 100).history()).map(({ name }) => name);
  expect(names).not.toContain('latency');
  expect(names).not.toContain('duration');
});

describe('latency', () => {
  const wanted: Expectation = { verdict: 'pass', p99Ms: 50 };

  test('one in a hundred may be slow, two may not', () => {
    expect(found(answered(wanted, 200, 2), 'latency')).toMatchObject({ verdict: 'pass', examined: 200 });
    const finding = found(answered(wanted, 200, 3), 'latency');
    expect(finding).toMatchObject({ verdict: 'fail', detail: 'at most 50 ms; rolling: p99 200.0 ms of 200' });
    expect(finding?.witnesses).toHaveLength(3);
  });

  test('the quiet tail does not hide them', () => {
    const builder = answered(wanted, 200, 3);
    for (let n = 0; n < 400; n++) builder.request(28.1 + n / 400);
    expect(found(builder, 'latency')?.verdict).toBe('fail');
  });

  test('fewer than 100 answers have no 99th percentile', () => {
    expect(found(answered(wanted, 99, 0), 'latency')).toMatchObject({
      verdict: 'inconclusive',
      detail: 'at most 50 ms; rolling: 99 answers in lane new, 100 are needed',
    });
    expect(found(answered(wanted, 100, 0), 'latency')?.verdict).toBe('pass');
  });

  test('other lanes have other latencies', () => {
    const builder = withAnswers(answered(wanted, 150, 0), 150, 150, 'kept');
    expect(found(builder, 'latency')).toMatchObject({ verdict: 'pass', examined: 150 });
  });

  test('what the control lane shares is the machine’s', () => {
    const both = withAnswers(answered(wanted, 200, 3), 200, 3, 'control');
    expect(found(both, 'latency')).toMatchObject({
      verdict: 'inconclusive',
      detail: 'at most 50 ms; rolling: p99 200.0 ms of 200; that of the control lane was 200.0 ms',
    });
    expect(found(withAnswers(answered(wanted, 200, 3), 200, 2, 'control'), 'latency')?.verdict).toBe('fail');
  });

  test('an answer that never came has no latency: it is a drop', () => {
    const builder = answered(wanted, 200, 0);
    for (let n = 0; n < 20; n++) builder.request(20, { status: 0, errorCode: 1050, seconds: 5 });
    expect(found(builder, 'latency')?.verdict).toBe('pass');
  });
});

describe('latency, to the millisecond and the request', () => {
  const wanted: Expectation = { verdict: 'pass', p99Ms: 50 };
  /** From 10 to 14 a roll, from 14 to 16 a restart. */
  const two = () => threeUp(new HistoryBuilder({ expectation: wanted })).mark(14, 'trigger', 'restart');
  const end = (builder: HistoryBuilder) => found(builder.mark(16, 'settled').mark(20, 'tail-end'), 'latency');
  /** A hundred a second, of which those at such places take so long. */
  const second = (builder: HistoryBuilder, from: number, slow: number[], seconds: number, lane: LaneName = 'new') => {
    const ids: string[] = [];
    for (let n = 0; n < 100; n++) {
      builder.request(from + n / 100, { lane, seconds: slow.includes(n) ? seconds : 0.002 });
      if (slow.includes(n)) ids.push(builder.observations.at(-1)!.id);
    }
    return ids;
  };

  test('the limit itself is within it', () => {
    const builder = two();
    second(builder, 11, [0, 1], 0.05);
    second(builder, 14, [], 0);
    expect(end(builder)).toMatchObject({
      verdict: 'pass',
      detail: 'at most 50 ms; rolling: p99 50.0 ms of 100; restart: p99 2.0 ms of 100',
    });
  });

  test('witnesses are the slow answers of the transition that is too slow', () => {
    const builder = two();
    // Before the trigger, and in the other transition: not of it.
    second(builder, 9, [98, 99], 0.2);
    const slow = second(builder, 10, [0, 5, 7], 0.2);
    second(builder, 12, [3], 0.05);
    second(builder, 14, [0], 0.2);
    expect(end(builder)).toMatchObject({ verdict: 'fail', examined: 300, witnesses: slow });
  });

  test('an answer at the instant at which the next transition begins is of that one', () => {
    const builder = two();
    second(builder, 11, [], 0);
    const slow = second(builder, 14, [0, 1], 0.2);
    expect(end(builder)).toMatchObject({
      verdict: 'fail',
      witnesses: slow,
      detail: 'at most 50 ms; rolling: p99 2.0 ms of 100; restart: p99 200.0 ms of 100',
    });
  });

  test('a control lane that just keeps to the limit shares nothing; where the service is in time, it is not told', () => {
    const builder = two();
    second(builder, 11, [0, 1], 0.2);
    second(builder, 11, [0, 1], 0.05, 'control');
    second(builder, 14, [], 0);
    second(builder, 14, [0, 1], 0.2, 'control');
    expect(end(builder)).toMatchObject({
      verdict: 'fail',
      detail: 'at most 50 ms; rolling: p99 200.0 ms of 100; restart: p99 2.0 ms of 100',
    });
  });

  test('what the machine shares in one transition does not excuse the other', () => {
    const builder = two();
    second(builder, 11, [0, 1], 0.2);
    second(builder, 11, [0, 1], 0.2, 'control');
    second(builder, 14, [0, 1], 0.05);
    expect(end(builder)).toMatchObject({ verdict: 'inconclusive', witnesses: [] });
  });
});

describe('duration', () => {
  const within = (seconds: number) =>
    found(goodRoll(new HistoryBuilder({ expectation: { verdict: 'pass', seconds } })), 'duration');

  test('it counts from the trigger until the last old pod is gone', () => {
    expect(within(18)).toMatchObject({ verdict: 'pass', examined: 1, detail: 'at most 18 s; rolling: 18.0 s' });
    const finding = within(17.9);
    expect(finding).toMatchObject({ verdict: 'fail', detail: 'at most 17.9 s; rolling: 18.0 s' });
    expect(finding?.witnesses).toHaveLength(1);
  });

  test('its witness is the trigger of the one that took too long', () => {
    const builder = threeUp(new HistoryBuilder({ expectation: { verdict: 'pass', seconds: 3 } }));
    const { id } = builder.observations.at(-1)!;
    builder.mark(14, 'trigger', 'restart').mark(16, 'settled').mark(20, 'tail-end');
    expect(found(builder, 'duration')).toMatchObject({
      verdict: 'fail',
      examined: 2,
      witnesses: [id],
      detail: 'at most 3 s; rolling: 4.0 s; restart: 2.0 s',
    });
  });

  test('without a transition nothing was examined', () => {
    const builder = new HistoryBuilder({ expectation: { verdict: 'pass', seconds: 5 } });
    expect(found(builder, 'duration')?.verdict).toBe('inconclusive');
  });
});
