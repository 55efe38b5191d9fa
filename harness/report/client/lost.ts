import type { DropMark, StallMark, Timeline } from '../timeline/types.ts';

export type Lost = { kind: 'drop'; mark: DropMark } | { kind: 'stall'; mark: StallMark };

/** Drops and stalls together, ascending by start. */
export function lostOf({ drops, stalls }: Timeline): Lost[] {
  const all: Lost[] = [
    ...drops.map((mark): Lost => ({ kind: 'drop', mark })),
    ...stalls.map((mark): Lost => ({ kind: 'stall', mark })),
  ];
  return all.sort((a, b) => a.mark.t - b.mark.t);
}

/** Those of a sorted list that start in [from, to]. */
export function startingIn<T extends { t: number }>(sorted: T[], from: number, to: number): T[] {
  return sorted.slice(firstFrom(sorted, from), firstFrom(sorted, to + Number.EPSILON));
}

/** Index of the first that starts at `t` or later. */
export function firstFrom(sorted: { t: number }[], t: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.t < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Marks that would be drawn over each other, as one: a drop is never hidden, it is counted. */
export function inColumns<T extends { t: number }>(
  sorted: T[],
  toPixel: (t: number) => number,
  width: number,
): { x: number; all: T[] }[] {
  const columns: { x: number; all: T[] }[] = [];
  for (const one of sorted) {
    const x = toPixel(one.t);
    const last = columns.at(-1);
    if (last !== undefined && x - last.x < width) last.all.push(one);
    else columns.push({ x, all: [one] });
  }
  return columns;
}
