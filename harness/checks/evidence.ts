import { judgedRequests, judgedSpan, markerAt, type ScenarioHistory } from '../history/select.ts';
import type { FaultSeen, MarkerSet } from '../history/types.ts';
import { isGood } from './good.ts';
import { laneProblems } from './lanes.ts';
import { type ProbeFailure, probeFailures } from './probe-failures.ts';
import type { Finding } from './types.ts';

const NEEDED: MarkerSet['marker'][] = ['load-ready', 'trigger', 'tail-end', 'load-stopped'];

/** The evidence is enough and whole: markers, lanes, requests, and no gap in what was watched. Never a fail. */
export function coverage(history: ScenarioHistory): Finding {
  const problems: string[] = [];
  const witnesses: string[] = [];
  const plan = history.started?.load;
  const span = judgedSpan(history);
  const judged = judgedRequests(history);
  const missing = NEEDED.filter((marker) => markerAt(history, marker) === undefined);
  if (missing.length > 0) problems.push(`the run did not come to: ${missing.join(', ')}`);
  if (history.truncated) problems.push('the history was cut off');
  for (const lane of plan?.lanes ?? []) {
    const lacking = laneProblems(history, lane.name);
    problems.push(...lacking.problems);
    witnesses.push(...lacking.witnesses);
  }
  for (const one of history.observations) {
    // Only holes in states and requests touch a verdict.
    if (one.type !== 'gap' || FOR_DIAGNOSIS.test(one.source) || span === undefined) continue;
    if (one.to < span.from || one.from > span.to) continue;
    problems.push(`${one.source} was blind for ${((one.to - one.from) / 1e6).toFixed(0)} ms: ${one.reason}`);
    witnesses.push(one.id);
  }
  return {
    name: 'coverage',
    verdict: problems.length > 0 || judged.length === 0 ? 'inconclusive' : 'pass',
    examined: judged.length,
    witnesses,
    detail: problems.length > 0 ? problems.join('; ') : `${judged.length} requests judged, none unstarted, no gap`,
  };
}

/** Evidence that only says why: a hole in it weakens the diagnosis. */
const FOR_DIAGNOSIS = /^(flows$|logs:|probes:|runtime:)/;

/** An event loop that was held up for longer than this stamps watch events too late to be evidence. */
const LOOP_DELAY_LIMIT_MS = 2_000;

/** The harness and its machine were fit to judge: an event loop in time, and a control lane without a loss. Never a fail. */
export function self(history: ScenarioHistory): Finding {
  const span = judgedSpan(history);
  const samples = history.observations.filter(
    (one) => one.type === 'self' && span !== undefined && one.t >= span.from && one.t < span.to,
  );
  const delays = samples.map((one) => (one.type === 'self' ? one.loopDelayMs : 0));
  const busy = samples.map((one) => (one.type === 'self' ? one.cpuBusy : 0));
  const late = samples.filter((one) => one.type === 'self' && one.loopDelayMs > LOOP_DELAY_LIMIT_MS);
  const plan = history.started?.load;
  const control = history.requests.filter(
    ({ lane, t }) => lane === 'control' && span !== undefined && t >= span.from && t < span.to,
  );
  const lost = plan === undefined ? [] : control.filter((request) => !isGood(request, plan));
  const probes = controlProbes(history).filter(({ t }) => span !== undefined && t >= span.from && t < span.to);
  const stolen = Math.max(0, ...samples.map((one) => (one.type === 'self' ? (one.cpuStolen ?? 0) : 0)));
  const problems = [
    ...(late.length > 0 ? [`the harness was held up for ${Math.max(...delays)} ms`] : []),
    ...(lost.length > 0
      ? [`${lost.length} of ${control.length} requests to the service that is never rolled were lost too`]
      : []),
  ];
  const mean = busy.length === 0 ? 0 : busy.reduce((sum, one) => sum + one, 0) / busy.length;
  return {
    name: 'self',
    verdict: problems.length > 0 ? 'inconclusive' : 'pass',
    examined: samples.length + control.length,
    witnesses: [...late, ...lost].map(({ id }) => id),
    detail:
      problems.join('; ') ||
      `event loop late by ${Math.max(0, ...delays)} ms at most, processor ${(mean * 100).toFixed(0)}% busy, at most ${(stolen * 100).toFixed(0)}% of it taken by the host, control lane lost 0 of ${control.length}, its probe failed ${probes.length} times`,
  };
}

/** Around a loss that the control service shares, the machine, not the rollout, may be to blame: milliseconds to each side. */
const SHARED_FAULT_MS = 1_000;

/**
 * Spans in which a witness proves nothing: recorded faults, losses of the control lane, and failed probes of the control
 * service's pod (which nobody rolls either).
 */
export function faultSpans(history: ScenarioHistory): { from: number; to: number }[] {
  const plan = history.started?.load;
  const recorded = history.observations.filter((one): one is FaultSeen => one.type === 'fault');
  const lost =
    plan === undefined
      ? []
      : history.requests.filter((request) => request.lane === 'control' && !isGood(request, plan));
  return [
    ...recorded.map(({ from, to }) => ({ from, to })),
    ...[...lost, ...controlProbes(history).map(({ t }) => ({ t, end: t }))].map(({ t, end }) => ({
      from: t - SHARED_FAULT_MS * 1e6,
      to: end + SHARED_FAULT_MS * 1e6,
    })),
  ];
}

/** Only the control service's namespace is watched besides the workload's own. */
function controlProbes(history: ScenarioHistory): ProbeFailure[] {
  const own = history.started?.workload.namespace;
  return probeFailures(history).filter(({ namespace }) => namespace !== own);
}
