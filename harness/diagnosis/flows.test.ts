import { describe, expect, test } from 'vitest';
import { type HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import { contextOf } from './context.ts';

const REFUSED = {
  status: 0,
  errorCode: 1212,
  error: 'dial tcp: connection refused',
  phases: { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 },
};
const A1 = '10.244.0.1';
const A2 = '10.244.0.2';

/** Three pods with addresses; requests and flows as the test writes them. */
const up = () => threeUp().pod(2, 'a1', { ip: A1 }).pod(2, 'a2', { ip: A2 });

/** Pods that the request with this id may have gone to, by its flows. */
function podsOf(builder: HistoryBuilder, id: string): string[] {
  const history = builder.mark(60, 'tail-end').history();
  const { flows } = contextOf(history, []);
  const request = history.requests.find((one) => one.request === id)!;
  return flows.of(request).map((one) => flows.podOf(one)?.name ?? '?');
}

const lost = (fields: Partial<RequestSeen> = {}) => ({ ...REFUSED, request: 'new-9-9', ...fields });

describe('the connection of a request', () => {
  test('by its local port, the last one that had it', () => {
    const builder = up().flow(11, A1, 50_000).flow(12, A2, 50_000);
    builder.request(12, lost({ errorCode: 1220, localPort: 50_000 }));
    expect(podsOf(builder, 'new-9-9')).toEqual(['a2']);
  });

  test('that of the time which no answered request accounts for', () => {
    const builder = up().flow(12.001, A1).flow(12.002, A2);
    builder.request(12, { pod: 'a1' }).request(12.001, lost());
    expect(podsOf(builder, 'new-9-9')).toEqual(['a2']);
  });

  test('also where the tool is late: it keeps the order', () => {
    const builder = up().flow(12.5, A1).flow(12.51, A2).flow(12.52, A1);
    builder.request(12, { pod: 'a1' }).request(12.01, lost()).request(12.02, { pod: 'a1' });
    expect(podsOf(builder, 'new-9-9')).toEqual(['a2']);
  });

  test('is left open where two are left over', () => {
    const builder = up().flow(12.001, A1).flow(12.002, A2).request(12, lost());
    expect(podsOf(builder, 'new-9-9')).toEqual(['a1', 'a2']);
  });

  test('is none of an earlier or a much later time', () => {
    const builder = up().flow(11.9, A1).flow(14, A1).request(12, lost());
    expect(podsOf(builder, 'new-9-9')).toEqual([]);
  });

  test('is not that of a kept one that was sent again to another pod', () => {
    const builder = up().flow(12.001, A1).flow(12.2, A2);
    builder.request(11, { lane: 'kept', request: 'kept-1-1', reused: true, pod: 'a1' });
    builder.request(11.5, { lane: 'kept', request: 'kept-1-2', reused: true, pod: 'a2', seconds: 0.8 });
    builder.request(12.19, lost());
    expect(podsOf(builder, 'new-9-9')).toEqual([]);
  });
});

test('an address that two pods had is that of the one that was there', () => {
  const builder = up().gone(20, 'a1').pod(55, 'b1', { ip: A1 });
  builder
    .flow(12, A1, 1)
    .flow(57, A1, 2)
    .request(12, lost({ localPort: 1 }))
    .request(57, lost({ localPort: 2, request: 'new-9-10' }));
  expect(podsOf(builder, 'new-9-9')).toEqual(['a1']);
  expect(podsOf(builder, 'new-9-10')).toEqual(['b1']);
});

test('lost events are no evidence of absence', () => {
  const whole = (builder: HistoryBuilder) => contextOf(builder.history(), []).flows.whole;
  expect(whole(up())).toBe(false);
  expect(whole(up().flow(12, A1))).toBe(true);
  const gap = { type: 'gap', t: s(13), source: 'flows', from: s(12), to: s(13), reason: '' } as const;
  expect(whole(up().flow(12, A1).add(gap))).toBe(false);
});
