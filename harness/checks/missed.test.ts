import { describe, expect, test } from 'vitest';
import { missedByKept, missedByNew } from './missed.ts';

/** mulberry32: the same numbers for the same seed, 0..1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TRIALS = 20_000;

/** A share of TRIALS is off by more than four of its standard deviations once in 16,000 times. */
const tolerance = (share: number) => 4 * Math.sqrt((share * (1 - share)) / TRIALS);

function share(missed: () => boolean): number {
  let count = 0;
  for (let i = 0; i < TRIALS; i++) if (missed()) count += 1;
  return count / TRIALS;
}

/** Numbers of the evenly spaced instants n/perSecond that lie within a hole which begins at `from`. */
function* instants(from: number, seconds: number, perSecond: number): Generator<number> {
  for (let n = Math.ceil(from * perSecond); n / perSecond < from + seconds; n++) yield n;
}

describe('connections for each request', () => {
  test.each([
    [0.05, 60, 3],
    [0.05, 157, 3],
    [0.05, 415, 3],
    [0.01, 60, 3],
    [0.05, 63, 10],
    [0.01, 60, 1],
  ])('a hole of %d s at %d/s in one of %d pods: as in so many trials', (seconds, perSecond, pods) => {
    const chance = random(1);
    const tried = share(() => {
      for (const _ of instants(chance() * 10, seconds, perSecond)) if (chance() < 1 / pods) return false;
      return true;
    });
    const missed = missedByNew(seconds, { perSecond, pods });
    expect(Math.abs(missed - tried)).toBeLessThanOrEqual(tolerance(missed));
  });

  test('is (1 − 1/n)^(λw)', () => {
    expect(missedByNew(0.05, { perSecond: 60, pods: 3 })).toBeCloseTo((2 / 3) ** 3, 12);
    expect(missedByNew(0.05, { perSecond: 340, pods: 3 })).toBeCloseTo((2 / 3) ** 17, 12);
    // rollout-defects.md: 99.9% at even arrivals need 341 requests a second.
    expect(missedByNew(0.05, { perSecond: 341, pods: 3 })).toBeLessThan(0.0011);
  });

  test('a hole that is shorter than the spacing is missed even in the only pod', () =>
    expect(missedByNew(0.01, { perSecond: 60, pods: 1 })).toBeCloseTo(0.4, 12));
});

describe('kept connections', () => {
  test.each([
    [0.05, 60, 60, 20],
    [0.02, 60, 60, 20],
    [0.05, 157, 66, 5],
    [0.3, 20, 20, 3],
    [0.05, 60, 60, 60],
    [0.5, 60, 60, 1],
    [0.05, 60, 60, 0],
  ])(
    'a hole of %d s at %d/s, %d turns, %d of them the pod’s: as in so many trials',
    (seconds, perSecond, turns, connections) => {
      const chance = random(2);
      const tried = share(() => {
        const order = Array.from({ length: turns }, (_, i) => i);
        // The first `connections` of a shuffle (Fisher–Yates) have their turn in the pod.
        for (let i = 0; i < connections; i++) {
          const j = i + Math.floor(chance() * (turns - i));
          [order[i], order[j]] = [order[j]!, order[i]!];
        }
        const own = new Set(order.slice(0, connections));
        for (const n of instants(chance() * 10, seconds, perSecond)) if (own.has(n % turns)) return false;
        return true;
      });
      const missed = missedByKept(seconds, { perSecond, turns, connections });
      expect(Math.abs(missed - tried)).toBeLessThanOrEqual(tolerance(missed));
    },
  );

  test('one that is used every T seconds misses what is shorter in proportion', () =>
    expect(missedByKept(0.25, { perSecond: 60, turns: 60, connections: 1 })).toBeCloseTo(0.75, 12));

  test('many of them come to (1 − w/T)^c', () => {
    const missed = missedByKept(0.05, { perSecond: 60_000, turns: 60_000, connections: 20 });
    expect(missed).toBeLessThan(0.95 ** 20);
    expect(missed).toBeCloseTo(0.95 ** 20, 3);
  });

  test('nothing that lasts as long as a cycle is missed, where there is a connection', () => {
    expect(missedByKept(1, { perSecond: 60, turns: 60, connections: 1 })).toBe(0);
    expect(missedByKept(100, { perSecond: 60, turns: 60, connections: 0 })).toBe(1);
  });
});
