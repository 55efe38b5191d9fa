import { headOf } from '../history/columns/store.ts';
import { judgedSpan, objectsOf, requestsIn, type ScenarioHistory } from '../history/select.ts';
import { between } from '../history/sorted.ts';
import type { LaneName, LanePlan, Nanos, RequestSeen } from '../history/types.ts';
import { quantile } from './good.ts';
import { missedByKept, missedByNew } from './missed.ts';
import { type Count, counts } from './moments.ts';

/** What a lane could have missed: a hole, in which one pod does not answer for a short time. */
export interface Sensitivity {
  lane: LaneName;
  /** Requests a second that it started in the judged span. */
  rate: number;
  /** Ready endpoints: the median over the span. */
  pods: number;
  holeMs: number;
  /** The probability, 0..1, that a hole of `holeMs` at some time in one of the pods met no request. */
  missed: number;
  /** The shortest hole that is missed with less than `SURE`, milliseconds; null where no hole is. */
  sureMs: number | null;
  /** Requests that it started in the judged span. */
  requests: number;
  /** The probability, 0..1, that a fault which strikes one request in 1,000 by chance struck none of them. */
  rare: number;
  /** All of it, for people. */
  text: string;
}

const HOLE_MS = 50;
const SURE = 0.001;
const RARE = 0.001;

/** In seconds: the probability, 0..1, that a hole of that length in one of the pods met no request. */
type Missed = (seconds: number) => number;

interface Keenness {
  lane: LaneName;
  rate: number;
  pods: number;
  /** How many requests there were. */
  requests: number;
  missed: Missed;
}

/**
 * For each lane but control and stream (whose requests say little about an instant): from the rate that was reached, and
 * for kept lanes from the connections that each pod had, all over the judged span. Empty where that was not seen.
 */
export function sensitivity(history: ScenarioHistory): Sensitivity[] {
  return keenness(history).map(({ lane, rate, pods, requests, missed }) => {
    const [share, sureMs] = [missed(HOLE_MS / 1000), sure(missed)];
    const rare = (1 - RARE) ** requests;
    return {
      lane,
      rate,
      pods,
      holeMs: HOLE_MS,
      missed: share,
      sureMs,
      requests,
      rare,
      text: tell(pods, share, sureMs, rare),
    };
  });
}

/** @param span that is looked at */
export function keenness(history: ScenarioHistory, span = judgedSpan(history)): Keenness[] {
  const all = counts(history);
  if (span === undefined) return [];
  const pods = medianEndpoints(all, span.to);
  const affine = isAffine(history);
  const plans = history.started?.load.lanes.filter(({ name }) => name !== 'control' && name !== 'stream') ?? [];
  return plans.flatMap((plan) => {
    const requests = between(requestsIn(history, plan.name), span.from, span.to);
    const rate = requests.length / ((span.to - span.from) / 1e9);
    if (pods === 0 || requests.length < 2) return [];
    const ofAny = affine ? ofOneOf : ofNew;
    const missed = plan.connection === 'new' ? ofAny(rate, pods) : ofKept(plan, rate, requests, all, span);
    return [{ lane: plan.name, rate, pods, requests: requests.length, missed }];
  });
}

/** All connections of one client go to the same pod, as long as that is there. */
function isAffine(history: ScenarioHistory): boolean {
  const service = objectsOf(history, 'Service').findLast(({ name }) => name === history.started?.workload.service);
  const spec = service?.object.spec as { sessionAffinity?: string } | undefined;
  return spec?.sessionAffinity === 'ClientIP';
}

/** The pod with the hole is the client's own with the probability 1/pods; any other one it never meets. */
const ofOneOf =
  (perSecond: number, pods: number): Missed =>
  (seconds) =>
    1 - (1 - missedByNew(seconds, { perSecond, pods: 1 })) / pods;

const ofNew =
  (perSecond: number, pods: number): Missed =>
  (seconds) =>
    missedByNew(seconds, { perSecond, pods });

/**
 * The mean over the time of the span and over the pods: at each time, of the connections that each pod then had.
 *
 * @param requests those of the span
 */
function ofKept(
  plan: LanePlan,
  perSecond: number,
  requests: readonly RequestSeen[],
  all: Count[],
  span: { from: Nanos; to: Nanos },
): Missed {
  const cycle = cycleOf(requests) ?? ((plan.connections ?? 1) / perSecond) * 1e9;
  const turns = (cycle / 1e9) * perSecond;
  /** How often, at any of those times, a pod had so many connections. */
  const often = new Map<number, number>();
  // In the time of one cycle each connection is used once.
  let next = 0;
  for (let from = span.from; from + cycle <= span.to; from += cycle) {
    const first = next;
    while (next < requests.length && requests[next]!.t < from + cycle) next += 1;
    const endpoints = all.findLast(({ t }) => t <= from + cycle / 2)?.endpoints ?? 0;
    const held = connectionsByPod(requests.slice(first, next), endpoints);
    // A pod that no connection leads to is not seen at all.
    const blind = Array.from({ length: Math.max(0, endpoints - held.length) }, () => 0);
    for (const connections of [...held, ...blind]) often.set(connections, (often.get(connections) ?? 0) + 1);
  }
  const total = [...often.values()].reduce((sum, times) => sum + times, 0);
  return (seconds) =>
    total === 0
      ? 1
      : [...often].reduce(
          (sum, [c, times]) => sum + times * missedByKept(seconds, { perSecond, turns, connections: c }),
          0,
        ) / total;
}

/** Nanoseconds between two uses of one connection: the median. A VU of k6 has one; it is the second part of a request's id. */
function cycleOf(requests: readonly RequestSeen[]): number | undefined {
  const last = new Map<string, Nanos>();
  const between: number[] = [];
  for (const request of requests) {
    const [user, { t }] = [headOf(request, 'request'), request];
    const before = last.get(user);
    if (before !== undefined) between.push(t - before);
    last.set(user, t);
  }
  return quantile(
    between.sort((a, b) => a - b),
    0.5,
  );
}

const userOf = (request: string) => request.split('-').at(-2) ?? '';

/** A request over a fresh connection is left out: it is not what the lane is for. */
function connectionsByPod(requests: RequestSeen[], endpoints: number): number[] {
  const byPod = new Map<string, Set<string>>();
  for (const { request, reused, pod } of requests) {
    if (!reused) continue;
    byPod.set(pod, (byPod.get(pod) ?? new Set()).add(userOf(request)));
  }
  const unnamed = byPod.get('');
  if (unnamed === undefined || byPod.size > 1) {
    byPod.delete('');
    return [...byPod.values()].map((users) => users.size);
  }
  // A service that does not say which pod answered: as even as it can be.
  return Array.from({ length: endpoints }, (_, i) => Math.floor((unnamed.size + i) / endpoints));
}

/** Weighted by how long each number lasted. */
function medianEndpoints(all: Count[], end: Nanos): number {
  const lasted = all.map(({ t, endpoints }, i) => ({ endpoints, ns: (all[i + 1]?.t ?? end) - t }));
  const half = lasted.reduce((sum, { ns }) => sum + ns, 0) / 2;
  let passed = 0;
  for (const { endpoints, ns } of lasted.sort((a, b) => a.endpoints - b.endpoints)) {
    passed += ns;
    if (passed >= half) return endpoints;
  }
  return 0;
}

/** Longer than any transition. */
const LONGEST_SECONDS = 3_600;

/** Milliseconds, rounded up; by halving, for the longer a hole is, the less it is missed. */
function sure(missed: Missed): number | null {
  let [low, high] = [0, LONGEST_SECONDS];
  if (missed(high) >= SURE) return null;
  while (high - low > 1e-6) {
    const middle = (low + high) / 2;
    if (missed(middle) < SURE) high = middle;
    else low = middle;
  }
  return Math.ceil(Math.round(high * 1e5) / 100);
}

function tell(pods: number, missed: number, sureMs: number | null, rare: number): string {
  const where = pods === 1 ? 'in the only pod' : `in one of ${pods} pods`;
  const beyond =
    sureMs === null
      ? 'there were times at which it reached not every pod, and would have missed any'
      : `one of ${sureMs} ms with less than ${percent(SURE)}`;
  return `a ${HOLE_MS} ms hole ${where} would have been missed with probability ${percent(missed)}; ${beyond}; a fault that strikes one request in 1,000 with ${percent(rare)}`;
}

/** Two digits that count: 100%, 4.1%, 0.04%. */
function percent(share: number): string {
  if (share > 0 && share < 1e-6) return 'less than 0.0001%';
  return `${Number((share * 100).toPrecision(2))}%`;
}
