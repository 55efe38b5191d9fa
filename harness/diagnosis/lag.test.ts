import { describe, expect, test } from 'vitest';
import { type HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { endpointLags } from './lag.ts';
import { podAt } from './testing/told.ts';

const [A1, A2] = ['10.244.0.1', '10.244.0.2'];
/** Out of the slice at 12. */
const OUT = { seen: 1, endpointRemoved: 12 };
const a1 = (more: { gone?: number; seen?: number } = {}) => ({ ...podAt({ ...OUT, ...more }), ip: A1 });

/** New connections: when, and to which address. */
const lags = (flows: [at: number, ip: string][], pods = [a1()]) => {
  const told = flows.reduce((builder: HistoryBuilder, [at, ip]) => builder.flow(at, ip), threeUp());
  return endpointLags(told.history(), pods).map(({ ms, atMostMs }) => [ms, atMostMs]);
};

describe('how long the proxy went on sending to a pod that had left the slice', () => {
  test('from its removal to the last new connection that went to it, and to the next one that went elsewhere', () => {
    expect(
      lags([
        [12.5, A1],
        [13, A1],
        [13.25, A2],
        [14, A2],
      ]),
    ).toEqual([[1000, 1250]]);
    expect(
      lags([
        [13.25, A2],
        [13, A1],
        [12.5, A1],
      ]),
    ).toEqual([[1000, 1250]]);
    expect(
      lags([
        [11.9, A1],
        [12.3, A2],
      ]),
    ).toEqual([[0, 300]]);
    expect(
      lags([
        [12, A1],
        [12, A2],
        [12.4, A2],
      ]),
    ).toEqual([[0, 400]]);
    expect(lags([[12.5, A1]])).toEqual([[500, null]]);
    expect(
      lags([
        [12.00006, A1],
        [12.00014, A2],
      ]),
    ).toEqual([[0.1, 0.1]]);
  });

  test('half a minute at most, or as long after it was gone', () => {
    expect(
      lags([
        [41.9, A1],
        [50, A2],
      ]),
    ).toEqual([[29_900, 38_000]]);
    expect(
      lags([
        [42, A1],
        [50, A2],
      ]),
    ).toEqual([[0, 38_000]]);
    const gone = (at: number) => lags([[at, A1]], [a1({ gone: 20 })])[0]![0];
    expect([gone(49.9), gone(50)]).toEqual([37_900, 0]);
  });

  test('until its address is another pod’s', () => {
    const next = (seen: number) => lags([[14, A1]], [a1(), { ...podAt({ seen }), ip: A1 }])[0]![0];
    expect([next(14.1), next(14)]).toEqual([2000, 0]);
    // One that had it before is of no account, nor is one with another address.
    expect(next(0.5)).toBe(2000);
    expect(lags([[14, A1]], [a1(), { ...podAt({ seen: 13 }), ip: A2 }])).toEqual([[2000, null]]);
  });

  test('nothing is known without tracked connections, of a pod that is still in, or without an address', () => {
    expect(lags([])).toEqual([]);
    expect(lags([[13, A1]], [{ ...podAt({ seen: 1 }), ip: A1 }])).toEqual([]);
    expect(lags([[13, A1]], [{ ...podAt(OUT), ip: '' }])).toEqual([]);
  });

  test('a reset is no new connection', () => {
    const reset = threeUp().flow(13, A1);
    const flow = reset.observations.at(-1)!;
    const history = reset.add({ ...flow, t: 15e9, event: 'closed' } as Parameters<HistoryBuilder['add']>[0]).history();
    expect(endpointLags(history, [a1()])).toMatchObject([{ pod: 'a1', removed: 12e9, ms: 1000 }]);
  });
});
