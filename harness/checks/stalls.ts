import { judgedRequests, markerAt, type ScenarioHistory } from '../history/select.ts';
import type { LaneName, RequestSeen } from '../history/types.ts';
import { durationMs, isGood, quantile } from './good.ts';

/**
 * A request that was answered, but far beyond what its lane did before the trigger: ten times the baseline's p99, and
 * half a second at least. The factor keeps a noisy machine's own tail out; the half second is about the shortest pause
 * that a person notices, and below TCP's retransmission of a lost SYN (1 s).
 */
export const STALL = { factor: 10, leastMs: 500 } as const;

export function stalls(history: ScenarioHistory): RequestSeen[] {
  const plan = history.started?.load;
  if (plan === undefined) return [];
  const limits = stallLimits(history);
  return judgedRequests(history).filter(
    (request) => isGood(request, plan) && durationMs(request) > (limits.get(request.lane) ?? STALL.leastMs),
  );
}

/** Milliseconds, by lane. */
function stallLimits(history: ScenarioHistory): Map<LaneName, number> {
  const [from, to] = [markerAt(history, 'load-ready'), markerAt(history, 'trigger')];
  const durations = new Map<LaneName, number[]>();
  for (const request of history.requests) {
    if (from === undefined || to === undefined || request.t < from || request.t >= to) continue;
    const list = durations.get(request.lane) ?? [];
    list.push(durationMs(request));
    durations.set(request.lane, list);
  }
  return new Map(
    [...durations].map(([lane, list]) => {
      const p99 =
        quantile(
          list.toSorted((a, b) => a - b),
          0.99,
        ) ?? 0;
      return [lane, Math.max(p99 * STALL.factor, STALL.leastMs)];
    }),
  );
}
