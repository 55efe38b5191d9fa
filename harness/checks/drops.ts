import { perHistory } from '../history/per-history.ts';
import {
  baselineRequests,
  judgedIn,
  judgedRequests,
  markerAt,
  requestsIn,
  type ScenarioHistory,
} from '../history/select.ts';
import type { RequestSeen } from '../history/types.ts';
import { controlLost } from './fault-spans.ts';
import { durationMs, HELD, isByStatus, isGood } from './good.ts';
import { STALL, stallLimits, stalls } from './stalls.ts';
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
  const baseline = baselineFault(history);
  const hung = new Set(hungBefore(history, dropped));
  const proven = [...dropped.filter((one) => !hung.has(one)), ...stalled];
  const already = hung.size === 0 ? '' : `; ${hung.size} had been without an answer for too long before the transition`;
  return {
    name: 'no-drops',
    // A service that was wrong before says nothing about the transition, whatever it answers afterwards.
    verdict:
      baseline !== undefined ? 'inconclusive' : proven.length > 0 ? 'fail' : hung.size > 0 ? 'inconclusive' : 'pass',
    examined: judged.length,
    witnesses: (proven.length > 0 ? proven : [...hung]).map(({ id }) => id),
    detail: `${baseline === undefined ? '' : `the service was not sound before the transition: ${baseline.first}; `}dropped: ${lanes.join(', ') || 'of none that were judged'}${limit === undefined ? '' : `; ${stalled.length} stalled beyond ${limit} ms`}${already}`,
  };
}

/** Of lost requests: such as had been unanswered far too long for their lane when the transition began. It may not have cost them. */
function hungBefore(history: ScenarioHistory, dropped: readonly RequestSeen[]): RequestSeen[] {
  const trigger = markerAt(history, 'trigger') ?? Number.NEGATIVE_INFINITY;
  const limits = stallLimits(history);
  return dropped.filter(({ lane, t }) => !HELD.has(lane) && (trigger - t) / 1e6 > (limits.get(lane) ?? STALL.leastMs));
}

/**
 * What is wrong with a service before anything is rolled: undefined where its baseline is clean. It is no drop, it is a
 * run that should not have begun.
 */
export function baselineProblem(history: ScenarioHistory): string | undefined {
  const fault = baselineFault(history);
  if (fault === undefined) return undefined;
  const { failed, of, first } = fault;
  if (of === 0) return `${first} before the transition`;
  return `before the transition, ${failed} of ${of} requests failed already; the first, ${first}`;
}

/**
 * What is wrong with the control lane before anything is rolled: where it reaches nobody, every drop would be called a fault of
 * the cluster.
 */
export function controlProblem(history: ScenarioHistory): string | undefined {
  const [ready, trigger] = [markerAt(history, 'load-ready'), markerAt(history, 'trigger') ?? Number.POSITIVE_INFINITY];
  const before = ({ end }: RequestSeen) => ready !== undefined && end >= ready && end < trigger;
  const of = requestsIn(history, 'control').filter(before).length;
  const lost = controlLost(history).filter(before);
  if (of < LEAST_CONTROL || lost.length < of / 2) return undefined;
  return `before the transition, ${lost.length} of ${of} requests to the service that is never rolled failed; the first, ${howOf(lost[0]!)}`;
}

/** Of fewer than these nothing can be said. */
const LEAST_CONTROL = 10;

const howOf = (request: RequestSeen): string =>
  isByStatus(request) ? `status ${request.status}` : request.error || `status ${request.status}`;

/** Requests, and what is wrong with the first that failed. */
function baselineFault(history: ScenarioHistory): { failed: number; of: number; first: string } | undefined {
  const plan = history.started?.load;
  if (plan === undefined || markerAt(history, 'load-ready') === undefined) return undefined;
  const baseline = baselineRequests(history);
  if (baseline.length === 0) return { failed: 0, of: 0, first: 'no request was made' };
  const bad = baseline.filter((request) => !isGood(request, plan));
  const [first] = bad;
  if (first === undefined) return undefined;
  return { failed: bad.length, of: baseline.length, first: `in lane ${first.lane}: ${howOf(first)}` };
}
