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

const lost = (fields: Partial<RequestSeen> & { seconds?: number } = {}) => ({
  ...REFUSED,
  request: 'new-9-9',
  ...fields,
});

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

describe('to the millisecond', () => {
  /** Of one answered request at 12, and a lost one at 12 whose own connection nobody knows. */
  const left = (at: number, more: (builder: HistoryBuilder) => HistoryBuilder = (builder) => builder) =>
    podsOf(more(up().flow(at, A2)).request(12, lost()), 'new-9-9');

  test('a stamp is 5 ms early at most, by rounding', () => {
    expect([11.995, 11.9949].map((at) => left(at))).toEqual([['a2'], []]);
  });

  test('the first of its time are taken before later ones: 15 ms, or as late as those nearby were', () => {
    const two = (at: number, more?: (builder: HistoryBuilder) => HistoryBuilder) =>
      left(12.001, (builder) => (more?.(builder) ?? builder).flow(at, A1)).toSorted();
    expect(two(12.015)).toEqual(['a1', 'a2']);
    expect(two(12.016)).toEqual(['a2']);
    // An answered one nearby was 40 ms late: another may be as late, and 5 ms more.
    const nearby = (at: number) => (builder: HistoryBuilder) => builder.flow(at + 0.04, A1).request(at, { pod: 'a1' });
    expect(two(12.045, nearby(11.1))).toEqual(['a1', 'a2']);
    expect(two(12.046, nearby(11.1))).toEqual(['a2']);
    expect(two(12.045, nearby(13))).toEqual(['a1', 'a2']);
    expect(two(12.045, nearby(13.001))).toEqual(['a2']);
    expect(two(12.045, nearby(10.999))).toEqual(['a2']);
  });

  test('on a machine that is busy to the brim, a second and a half', () => {
    expect([13.5, 13.501].map((at) => left(at))).toEqual([['a2'], []]);
    const late = (at: number) =>
      podsOf(
        up()
          .flow(at, A1)
          .flow(at + 0.001, A2)
          .request(12, { pod: 'a1' })
          .request(12, lost()),
        'new-9-9',
      );
    expect(late(13.4)).toEqual(['a2']);
  });

  test('a port: what was opened with it by then, or within a second and a half', () => {
    const ofPort = (at: number, more: Partial<RequestSeen> = {}) =>
      podsOf(
        up()
          .flow(at, A1, 50_000)
          .request(12, lost({ localPort: 50_000, seconds: 0.1, ...more })),
        'new-9-9',
      );
    expect([11.995, 12.1, 12.5, 13.6].map((at) => ofPort(at))).toEqual([['a1'], ['a1'], ['a1'], ['a1']]);
    // Before its begin it was another's; on a kept connection it is that one's.
    expect([5, 11.99].map((at) => ofPort(at))).toEqual([[], []]);
    expect(ofPort(5, { reused: true })).toEqual(['a1']);
    expect(ofPort(12.2, { reused: true })).toEqual([]);
    expect(ofPort(13.61)).toEqual([]);
  });

  test('a kept connection without a known port has no entry of its own', () =>
    expect(
      podsOf(
        up()
          .flow(12, A1)
          .request(12, lost({ reused: true })),
        'new-9-9',
      ),
    ).toEqual([]));

  test('the control lane takes none', () => {
    const builder = up().flow(12.001, A1).request(12, { pod: 'a1', lane: 'control' }).request(12, lost());
    expect(podsOf(builder, 'new-9-9')).toEqual(['a1']);
  });
});

describe('a connection that was reset, whose entry another one may follow', () => {
  const closed = (builder: HistoryBuilder, at: number, clientPort: number) =>
    builder.add({
      type: 'flow',
      t: s(at),
      event: 'closed',
      flow: '1',
      client: '172.18.0.2',
      clientPort,
      service: '10.96.0.7',
      servicePort: 80,
      pod: A1,
      podPort: 8000,
    });
  /** Lost from 20 to 20.1; two others opened theirs nearby, from ports 40,100 and 40,200. */
  const stale = (at: number, port: number, [first, second] = [19.9, 20.2], ports = [40_100, 40_200]) => {
    const builder = closed(up().flow(first!, A2, ports[0]).flow(second!, A2, ports[1]), at, port);
    const history = builder
      .request(20, lost({ seconds: 0.1 }))
      .mark(60, 'tail-end')
      .history();
    const request = history.requests.find((one) => one.request === 'new-9-9')!;
    return contextOf(history, []).flows.stale(request).length;
  };
  test('for ten seconds, until it was lost', () => {
    expect([20.1, 20.11, 10, 9.99].map((at) => stale(at, 40_150))).toEqual([1, 0, 1, 0]);
  });
  test('from a port that lies among those which were given out just then, give or take 64', () => {
    expect([40_036, 40_035, 40_264, 40_265].map((port) => stale(19, port))).toEqual([1, 0, 1, 0]);
  });
  test('given out within half a second; where none was, nobody knows', () => {
    expect(stale(19, 40_036, [19.5, 20.2])).toBe(1);
    expect(stale(19, 40_036, [19.49, 20.2])).toBe(0);
    expect(stale(19, 40_264, [19.9, 20.5])).toBe(1);
    expect(stale(19, 40_264, [19.9, 20.51])).toBe(0);
    expect(stale(19, 40_150, [19.4, 20.6])).toBe(0);
  });
  test('not where ports had begun anew: their range says nothing', () => {
    expect(stale(19, 36_000, undefined, [34_000, 39_872])).toBe(1);
    expect(stale(19, 36_000, undefined, [34_000, 39_873])).toBe(0);
  });
});

test('an address is the pod’s that had it then, or has it no longer than half a minute', () => {
  const whose = (at: number) => {
    const builder = up().gone(20, 'a1').pod(55, 'b1', { ip: A1 });
    return podsOf(builder.flow(at, A1, 1).request(at, lost({ localPort: 1 })), 'new-9-9');
  };
  expect([1.99, 2, 50, 54.9, 55].map((at) => whose(at)[0])).toEqual(['?', 'a1', 'a1', 'a1', 'b1']);
});

test('of two that had an address, the last one that was there, or had gone for no longer than half a minute', () => {
  const whose = (at: number) => {
    const builder = up().pod(5, 'y1', { ip: A1 }).gone(8, 'y1');
    return podsOf(builder.flow(at, A1, 1).request(at, lost({ localPort: 1 })), 'new-9-9')[0];
  };
  expect([7, 38, 38.01].map(whose)).toEqual(['y1', 'y1', 'a1']);
});
