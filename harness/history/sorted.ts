import type { Nanos } from './types.ts';

/**
 * Index of the first of a sorted list whose instant is `t` or later, its length where there is none. By halving: there may be
 * a million.
 */
export function firstFrom<T>(sorted: readonly T[], t: Nanos, instant: (one: T) => Nanos): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instant(sorted[middle]!) < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a list sorted by time, what lies in [from, to). */
export const between = <T extends { t: Nanos }>(sorted: readonly T[], from: Nanos, to: Nanos): T[] =>
  sorted.slice(...boundsOf(sorted, from, to));

/** How many of a list sorted by time lie in [from, to). */
export function countBetween(sorted: readonly { t: Nanos }[], from: Nanos, to: Nanos): number {
  const [first, end] = boundsOf(sorted, from, to);
  return Math.max(0, end - first);
}

const boundsOf = (sorted: readonly { t: Nanos }[], from: Nanos, to: Nanos): [number, number] => [
  firstFrom(sorted, from, instantOf),
  firstFrom(sorted, to, instantOf),
];

const instantOf = ({ t }: { t: Nanos }): Nanos => t;
