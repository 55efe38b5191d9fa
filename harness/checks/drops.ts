import { perHistory } from '../history/per-history.ts';
import { baselineRequests, judgedIn, judgedRequests, markerAt, type ScenarioHistory } from '../history/select.ts';
import type { RequestSeen } from '../history/types.ts';
import { durationMs, isByStatus, isGood } from './good.ts';
import { stalls } from './stalls.ts';
import type { Finding } from './types.ts';

/** The judged requests that a correct rollout would have answered well. */
export const drops: (history: ScenarioHistory) => RequestSeen[] = perHistory((history) => {
  const plan = history.started?.load;
  return plan === undefined ? [] : judgedRequests(history).filter((request) => !isGood(request, plan));
});

/** No request of any lane but control is dropped; none stalls beyond `expect.maxStallMs`, where that is given. */
export function noDrops(history: ScenarioHistory): Finding {
  const judged = judgedRequests(history);
  const dropped = drops(history);
  const limit = history.started?.expectation.maxStallMs;
  const stalled = limit === undefined ? [] : stalls(history).filter((request) => durationMs(request) > limit);
  const lanes = [...new Set(judged.map(({ lane }) => lane))].map(
    (name) => `${name} ${dropped.filter(({ lane }) => lane === name).length} of ${judgedIn(history, name).length}`,
  );
  const baseline = baselineProblem(history);
  return {
    name: 'no-drops',
    // A service that was wrong before says nothing about the transition, whatever it answers afterwards.
    verdict: baseline !== undefined ? 'inconclusive' : dropped.length + stalled.length > 0 ? 'fail' : 'pass',
    examined: judged.length,
    witnesses: [...dropped, ...stalled].map(({ id }) => id),
    detail: `${baseline === undefined ? '' : 'the service was not sound before the transition; '}dropped: ${lanes.join(', ')}${limit === undefined ? '' : `; ${stalled.length} stalled beyond ${limit} ms`}`,
  };
}

/**
 * What is wrong with a service before anything is rolled: undefined where its baseline is clean. It is no drop, it is a
 * run that should not have begun.
 */
export function baselineProblem(history: ScenarioHistory): string | undefined {
  const plan = history.started?.load;
  if (plan === undefined || markerAt(history, 'load-ready') === undefined) return undefined;
  const baseline = baselineRequests(history);
  if (baseline.length === 0) return 'no request was made before the transition';
  const bad = baseline.filter((request) => !isGood(request, plan));
  const [first] = bad;
  if (first === undefined) return undefined;
  const how = isByStatus(first) ? `status ${first.status}` : first.error || `status ${first.status}`;
  return `before the transition, ${bad.length} of ${baseline.length} requests failed already; the first, in lane ${first.lane}: ${how}`;
}
