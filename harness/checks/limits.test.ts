import { describe, expect, test } from 'vitest';
import { goodRoll, HistoryBuilder } from '../history/testing/build.ts';
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

describe('duration', () => {
  const within = (seconds: number) =>
    found(goodRoll(new HistoryBuilder({ expectation: { verdict: 'pass', seconds } })), 'duration');

  test('it counts from the trigger until the last old pod is gone', () => {
    expect(within(18)).toMatchObject({ verdict: 'pass', examined: 1, detail: 'at most 18 s; rolling: 18.0 s' });
    const finding = within(17.9);
    expect(finding).toMatchObject({ verdict: 'fail', detail: 'at most 17.9 s; rolling: 18.0 s' });
    expect(finding?.witnesses).toHaveLength(1);
  });

  test('without a transition nothing was examined', () => {
    const builder = new HistoryBuilder({ expectation: { verdict: 'pass', seconds: 5 } });
    expect(found(builder, 'duration')?.verdict).toBe('inconclusive');
  });
});
