/**
 * A hole: for `seconds` one pod, of several behind a Service, does not answer. These are the probabilities that a lane at a
 * constant rate of `perSecond` requests sends none of them there, so that nobody sees the hole.
 */

/**
 * A connection for each request, and each time the proxy chooses one of the pods by chance: (1 − 1/pods)^(requests within
 * the hole). Evenly spaced requests are so many, or one more (see `within`).
 */
export function missedByNew(seconds: number, { perSecond, pods }: { perSecond: number; pods: number }): number {
  return within(seconds * perSecond, (requests) => (1 - 1 / pods) ** requests);
}

/**
 * Kept connections take turns: k6 hands each request to the one that has been idle longest. One has its turn every
 * 1/perSecond, and each of the `turns` has it every T = turns/perSecond. A hole of w seconds takes w·perSecond turns in a
 * row. The pod's `connections` have some of the turns; which ones is chance, for the proxy chose its pod when each was
 * opened. None of them is among r given turns with the probability C(turns − r, connections) / C(turns, connections): the
 * hypergeometric distribution (Feller, An Introduction to Probability Theory, volume 1, II.6). It is below
 * (1 − w/T)^connections, which it would be with phases that are independent of each other, and comes to it with many turns.
 */
export function missedByKept(
  seconds: number,
  { perSecond, turns, connections }: { perSecond: number; turns: number; connections: number },
): number {
  return within(seconds * perSecond, (taken) => {
    let missed = 1;
    for (let i = 0; i < connections; i++) missed *= Math.max(0, turns - taken - i) / Math.max(1, turns - i);
    return missed;
  });
}

/** Of evenly spaced instants, a span that is x spacings long, begun at any time, holds ⌊x⌋ or, with the rest's probability, one more. */
function within(spacings: number, missed: (instants: number) => number): number {
  const least = Math.floor(spacings);
  const rest = spacings - least;
  return (1 - rest) * missed(least) + (rest === 0 ? 0 : rest * missed(least + 1));
}
