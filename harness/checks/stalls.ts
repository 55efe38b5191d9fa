import { perHistory } from '../history/per-history.ts';
import { baselineRequests, judgedRequests, type ScenarioHistory } from '../history/select.ts';
import type { LaneName, RequestSeen } from '../history/types.ts';
import { durationMs, isGood, quantile } from './good.ts';

/**
 * A request that was answered, but far beyond what its lane did before the trigger: beyond the baseline's median by ten
 * times the baseline's spread (p99 − median), and half a second at least. The factor keeps a noisy machine's own tail
 * out; the half second is about the shortest pause that a person notices, and below TCP's retransmission of a lost SYN
 * (1 s). The spread, not the p99: a lane that is held for 2 s does not stall only after 20. `expect.maxStallMs` is about
 * those only: what a lane took before, too, is no stall of the transition.
 */
export const STALL = { factor: 10, leastMs: 500 } as const;

export const stalls: (history: ScenarioHistory) => RequestSeen[] = perHistory((history) => {
  const plan = history.started?.load;
  if (plan === undefined) return [];
  const limits = stallLimits(history);
  return judgedRequests(history).filter(
    (request) => durationMs(request) > (limits.get(request.lane) ?? STALL.leastMs) && isGood(request, plan),
  );
});

/** Milliseconds, by lane: of those that had an answer before the trigger. */
export const stallLimits: (history: ScenarioHistory) => ReadonlyMap<LaneName, number> = perHistory((history) => {
  const durations = new Map<LaneName, number[]>();
  for (const request of baselineRequests(history)) {
    const list = durations.get(request.lane) ?? [];
    list.push(durationMs(request));
    durations.set(request.lane, list);
  }
  return new Map(
    [...durations].map(([lane, list]) => {
      const sorted = list.toSorted((a, b) => a - b);
      const [median, p99] = [quantile(sorted, 0.5) ?? 0, quantile(sorted, 0.99) ?? 0];
      return [lane, median + Math.max((p99 - median) * STALL.factor, STALL.leastMs)];
    }),
  );
});
