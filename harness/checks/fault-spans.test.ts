import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { Observation } from '../history/types.ts';
import { controlLost, controlProbes, faultSpans, liesIn } from './fault-spans.ts';
import { probeFailures } from './probe-failures.ts';

describe('a witness lies in a fault', () => {
  const span = { from: s(10), to: s(20) };
  const request = (at: number, seconds: number) => new HistoryBuilder().request(at, { seconds }).observations.at(-1)!;
  const pod = (at: number) => new HistoryBuilder().pod(at, 'a1').observations.at(-1)!;
  const lies = (one: Observation, watchedOnly?: true) => liesIn(one, { ...span, ...(watchedOnly && { watchedOnly }) });

  test('to the instant', () => {
    expect([9.999, 10, 20, 20.001].map((at) => lies(pod(at)))).toEqual([false, true, true, false]);
  });
  test('a request where it begins or where it ends', () => {
    expect(lies(request(5, 5))).toBe(true);
    expect(lies(request(20, 5))).toBe(true);
    expect(lies(request(5, 4.9))).toBe(false);
    // In between it was neither sent nor lost.
    expect(lies(request(5, 20))).toBe(false);
  });
  test('what watches showed where only they were held up, and no request', () => {
    expect(lies(pod(15), true)).toBe(true);
    expect(lies(request(15, 1), true)).toBe(false);
  });
});

describe('what the control service shares', () => {
  const unhealthy = (builder: HistoryBuilder, at: number, namespace: string, verb: 'added' | 'deleted' = 'added') => {
    builder.event(at, 'control-1', 'Unhealthy', 'Liveness probe failed');
    const event = builder.observations.at(-1)!;
    if (event.type === 'object') Object.assign(event, { namespace, verb });
    return builder;
  };

  test('a lost request, and a failed probe of its pod: a second to each side', () => {
    const builder = threeUp().request(12, { lane: 'control', status: 0, errorCode: 1220, seconds: 2 });
    unhealthy(builder, 20, 'control');
    expect(faultSpans(builder.history())).toEqual([
      { from: s(11), to: s(15) },
      { from: s(19), to: s(21) },
    ]);
  });
  test('not what it answered, nor a probe of the workload’s own, nor an event that goes', () => {
    const builder = threeUp().request(12, { lane: 'control' }).request(13, { status: 0, errorCode: 1220 });
    unhealthy(unhealthy(builder, 20, 'ns'), 22, 'control', 'deleted');
    builder.event(23, 'a1', 'Pulled');
    const history = builder.history();
    expect([controlLost(history), controlProbes(history), faultSpans(history)]).toEqual([[], [], []]);
    expect(probeFailures(history)).toMatchObject([
      { namespace: 'ns', pod: 'control-1', message: 'Liveness probe failed' },
    ]);
  });
  test('of an event that says nothing more, only that it was', () => {
    const builder = threeUp().object(20, 'Event', 'e1', { reason: 'Unhealthy' });
    expect(probeFailures(builder.history())).toMatchObject([{ t: s(20), pod: '', message: '' }]);
  });
  test('a history without a beginning has no plan, and so nothing that was lost', () => {
    const builder = new HistoryBuilder().request(12, { lane: 'control', status: 0, errorCode: 1220 });
    builder.observations.shift();
    expect(controlLost(builder.history())).toEqual([]);
  });
});
