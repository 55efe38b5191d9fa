import { type PodLife, podLives } from '../../history/pod-lives.ts';
import { judgedRequests, judgedSpan, ofType, type ScenarioHistory, within } from '../../history/select.ts';
import type { LaneName, Nanos, RequestSeen } from '../../history/types.ts';
import { drops } from '../drops.ts';
import { isGood } from '../good.ts';
import { probeFailures } from '../probe-failures.ts';
import { ledTo } from './led-to.ts';
import { define, type Measured } from './measure.ts';

interface Lanes {
  /** Default: all but control. */
  lanes?: LaneName[];
}

/** What a pod had begun to handle when SIGTERM came, by its own log, is answered well. */
export const finishesInFlight = define<Lanes>('finishes-in-flight', (history, { lanes }) => {
  const ends = endsOf(history);
  if (ends.length === 0) return unknown;
  const begun = new Map<string, { pod: string; t: Nanos }>();
  for (const { request, pod, t } of ofType(history, 'server'))
    if (request !== undefined && !begun.has(request)) begun.set(request, { pod, t });
  const inFlight = requestsOf(history, lanes).filter(({ request, end }) => {
    const own = begun.get(request);
    const pod = own && ends.find(({ name }) => name === own.pod);
    return pod !== undefined && own!.t <= pod.sigterm && end > pod.sigterm;
  });
  const cut = dropped(history, inFlight);
  return {
    holds: cut.length === 0,
    figures: `${inFlight.length} requests in flight at SIGTERM on ${ends.length} pods: ${inFlight.length - cut.length} answered, ${cut.length} cut`,
    examined: inFlight.length,
    witnesses: (cut.length > 0 ? cut : inFlight).map(({ id }) => id),
  };
});

/** Requests that begin between SIGTERM and the pod's exit, and go to that pod, are answered well. */
export const answersUntilExit = define<Lanes>('answers-until-exit', (history, { lanes }) => {
  const { ends, reached, lost } = afterSigterm(history, lanes);
  if (ends.length === 0) return unknown;
  const cut = dropped(history, reached);
  return {
    // A drop that nobody can place may be one of them.
    holds: cut.length > 0 ? false : lost > 0 ? undefined : true,
    figures: `${reached.length} requests went to ${ends.length} pods between SIGTERM and exit: ${reached.length - cut.length} answered, ${cut.length} cut${tellLost(lost)}`,
    examined: reached.length,
    witnesses: cut.map(({ id }) => id),
  };
});

/** From SIGTERM on nothing new comes to the pod: no request that begins until its exit goes there. */
export const nothingComesAfterSigterm = define<Lanes>('nothing-comes-after-sigterm', (history, { lanes }) => {
  const { ends, reached, meanwhile, lost } = afterSigterm(history, lanes);
  if (ends.length === 0) return unknown;
  const late = reached.map(({ request, pod }) => request.t - pod.sigterm);
  const last = late.length === 0 ? '' : `, the last ${(Math.max(...late) / 1e9).toFixed(1)} s after SIGTERM`;
  return {
    holds: reached.length > 0 ? false : lost > 0 ? undefined : true,
    figures: `${reached.length} of ${meanwhile} requests that began between SIGTERM and exit went to the pods that ended (${ends.length})${last}${tellLost(lost)}`,
    examined: meanwhile,
    witnesses: reached.map(({ request }) => request.id),
  };
});

/** A pod is out of the Service's slice before its connections close: before the first that is cut, and before it exits. */
export const leavesBeforeClosing = define('leaves-before-closing', (history) => {
  const ends = endsOf(history).filter(({ endpointReady }) => endpointReady !== undefined);
  if (ends.length === 0) return unknown;
  const to = ledTo(history, ends);
  // An answer that is none to be glad of, such as 503, closes nothing.
  const cuts = drops(history).filter(({ status }) => status === 0);
  const lead = ends.map((pod) => {
    const own = cuts.filter((request) => request.end >= pod.sigterm && to(request) === pod.name);
    const closed = Math.min(pod.exit, ...own.map(({ end }) => end));
    return (closed - (pod.endpointRemoved ?? Number.POSITIVE_INFINITY)) / 1e9;
  });
  return {
    holds: lead.every((seconds) => seconds > 0),
    figures: `${ends.length} pods left the slice ${range(lead, 's', 1)} before the first connection to them was cut, or they exited`,
    examined: ends.length,
    witnesses: [],
  };
});

/**
 * It is the failing readiness probe that takes a pod out of the Service: the probe failed, or Ready turned false, before
 * the slice said so.
 */
export const readinessTakesOut = define('readiness-takes-out', (history) => {
  const ends = endsOf(history).filter(({ endpointReady }) => endpointReady !== undefined);
  if (ends.length === 0) return unknown;
  const failures = probeFailures(history).filter(({ message }) => message.startsWith('Readiness'));
  const seen = ends.map((pod) => {
    const { name, sigterm, exit, deleted, ready, endpointRemoved = Number.POSITIVE_INFINITY } = pod;
    const own = failures.filter((one) => one.pod === name && one.t >= deleted! && one.t <= exit + 1e9);
    const failed = Math.min(...own.map(({ t }) => t), ready.at(-1)?.to ?? Number.POSITIVE_INFINITY);
    const refusals = own.filter(({ message }) => message.includes('statuscode: 503')).length;
    return { by: failed <= endpointRemoved, refusals, others: own.length - refusals, left: endpointRemoved - sigterm };
  });
  const sum = (of: (one: (typeof seen)[number]) => number) => seen.reduce((total, one) => total + of(one), 0);
  return {
    holds: seen.every(({ by }) => by),
    figures: [
      `the probe failed first on ${seen.filter(({ by }) => by).length} of ${ends.length} pods`,
      `the slice said not ready ${range(
        seen.map(({ left }) => left / 1e6),
        'ms',
      )} after SIGTERM`,
      `failed probes from there to the exit: ${sum(({ refusals }) => refusals)} by status 503, ${sum(({ others }) => others)} otherwise`,
    ].join('; '),
    examined: ends.length,
    witnesses: [],
  };
});

/** A pod whose end the node's container runtime recorded. */
type Ended = PodLife & { sigterm: Nanos; exit: Nanos };

function endsOf(history: ScenarioHistory): Ended[] {
  const span = judgedSpan(history);
  return podLives(history).filter(
    (pod): pod is Ended =>
      pod.sigterm !== undefined && pod.exit !== undefined && span !== undefined && within(span, pod.sigterm),
  );
}

const unknown: Measured = { holds: undefined, figures: 'no SIGTERM was recorded', examined: 0, witnesses: [] };

const requestsOf = (history: ScenarioHistory, lanes: LaneName[] | undefined) =>
  judgedRequests(history).filter(({ lane }) => lanes === undefined || lanes.includes(lane));

function afterSigterm(history: ScenarioHistory, lanes: LaneName[] | undefined) {
  const ends = endsOf(history);
  const to = ledTo(history, podLives(history));
  const isDying =
    ({ t }: RequestSeen) =>
    ({ sigterm, exit }: Ended) =>
      t > sigterm && t <= exit;
  const meanwhile = requestsOf(history, lanes).filter((request) => ends.some(isDying(request)));
  const placed = meanwhile.map((request) => ({ request, name: to(request) }));
  const reached = placed.flatMap(({ request, name }) => {
    const pod = ends.find((one) => one.name === name && isDying(request)(one));
    return pod === undefined ? [] : [{ request, pod }];
  });
  const plan = history.started?.load;
  const lost = placed.filter(({ request, name }) => name === undefined && plan !== undefined && !isGood(request, plan));
  return { ends, reached, meanwhile: meanwhile.length, lost: lost.length };
}

function dropped(history: ScenarioHistory, some: (RequestSeen | { request: RequestSeen })[]): RequestSeen[] {
  const ids = new Set(drops(history).map(({ id }) => id));
  return some.map((one) => ('t' in one ? one : one.request)).filter(({ id }) => ids.has(id));
}

const tellLost = (lost: number): string => (lost === 0 ? '' : `; ${lost} drops more that no evidence places`);

function range(values: number[], unit: string, digits = 0): string {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return least === most ? `${least} ${unit}` : `${least} to ${most} ${unit}`;
}
