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
