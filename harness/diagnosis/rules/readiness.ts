import { isTimeOut } from '../../checks/probe-failures.ts';
import type { PodLife } from '../../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../../history/types.ts';
import { type Context, readyEndpointsAt, SLACK, termOf } from '../context.ts';
import { type Rule, said, unanswered } from '../drop.ts';
import type { EventFact } from '../facts.ts';
import { firstSign } from '../locate.ts';

/** Causes that lie in when a pod is called ready. */
export const READINESS = {
  'no-readiness-probe': (drop) => {
    const pod = drop.place?.pod;
    if (pod === undefined || !drop.context.namesPods || pod.hasReadinessProbe || !unanswered(drop)) return false;
    const first = firstSign(pod, drop.context);
    return (
      drop.request.t >= pod.seen &&
      (first === undefined || drop.request.t < first) &&
      drop.request.t - (pod.firstReady ?? pod.seen) < WARMING &&
      drop.request.end <= (pod.deleted ?? Infinity) &&
      // Who crashed under it had listened.
      !pod.crashes.some(({ t }) => Math.abs(drop.request.end - t) < NEAR && drop.phase !== 'connect')
    );
  },

  'ready-before-warm': ({ request, phase, place, context }) =>
    phase === 'answer' &&
    place !== undefined &&
    place.pod.hasReadinessProbe &&
    (place.pod.deleted === undefined || request.end < place.pod.deleted) &&
    warmsUp(place.pod, context, request.t) &&
    // What others answer badly just then too is nobody's youth.
    !othersErr(place.pod, context, request.t) &&
    !context.atOdds,

  'settles-too-soon': ({ request, place, context }) =>
    place?.pod.crashes.some(
      ({ t }) =>
        // Those that were there before cost no other one its place.
        place.pod.seen >= context.triggered &&
        said(context, 'Evicted', place.pod.name) === undefined &&
        place.pod.ready.some(({ from }) => t > from && t - from < SETTLING) &&
        request.end >= t - NEAR &&
        request.t <= t + CRASH_SHOWS &&
        !killedByLiveness(place.pod, context, t),
    ) ?? false,

  'connection-limit': ({ request, phase, context, facts }) =>
    facts.full.has(request) ||
    // The probes' connections are new ones too: the pods that are full leave the endpoints, at last all of them.
    (phase === 'connect' &&
      probedOut(request, context) &&
      facts.fullSpans.some((span) => isShortlyBefore(span, outageBegan(request.t, context)))),

  'probe-timeout-under-load': ({ request, phase, context }) => phase === 'connect' && probedOut(request, context),

  'liveness-kills-under-load': ({ request, place, phase, context }) => {
    const pods = place === undefined ? (phase === 'connect' ? context.pods : []) : [place.pod];
    return pods.some((pod) =>
      pod.crashes.some(
        ({ t }) => request.end >= t - NEAR && request.t <= t + CRASH_SHOWS && killedByLiveness(pod, context, t),
      ),
    );
  },

  'unready-while-draining': ({ request, phase, place, context }) =>
    phase === 'answer' &&
    place?.by === 'the answer' &&
    request.status >= 500 &&
    place.pod.deleted !== undefined &&
    request.end >= knowsOfIt(place.pod, place.pod.deleted) - WATCH_LAG &&
    !othersErr(place.pod, context, request.t) &&
    !brokenBefore(place.pod, place.pod.deleted, context) &&
    !context.atOdds,
} satisfies Record<string, Rule>;

/** Nothing was ready, probes that timed out had come before that, and no container had ended. */
const probedOut = ({ t, end }: RequestSeen, context: Context): boolean =>
  outage(t, end, context) &&
  timeOuts({ t }, context).length > 0 &&
  context.pods.every(({ crashes }) => crashes.every((crash) => Math.abs(crash.t - t) > CRASH_SHOWS));

const isShortlyBefore = ({ from, to }: { from: Nanos; to: Nanos }, outageBegins: Nanos): boolean =>
  from < outageBegins && to > outageBegins - PROBES_TAKE;

/** What it may take until probes that find nobody have taken a pod out, on usual settings. */
const PROBES_TAKE: Nanos = 35e9;

const WATCH_LAG: Nanos = 0.3e9;
/** The kubelet's own sleep tells the app of nothing. */
const knowsOfIt = (pod: PodLife, deleted: Nanos): Nanos =>
  pod.preStopSleep === undefined ? deleted : (termOf(pod) ?? deleted);

/** Pods that nobody was deleting, and that had been well, answered badly at about that time as well. */
const othersErr = (pod: PodLife, context: Context, t: Nanos): boolean =>
  context.pods.some(
    (other) =>
      other !== pod &&
      (context.answers.get(other.name) ?? []).some(
        (answer) =>
          !context.isGood(answer) &&
          Math.abs(answer.t - t) < 5e9 &&
          answer.end < (other.deleted ?? Infinity) - 1e9 &&
          !warmsUp(other, context, answer.t),
      ),
  );
/** It answered badly before it was deleted too: not because it drains. */
const brokenBefore = ({ name }: PodLife, deleted: Nanos, { answers, isGood }: Context): boolean =>
  (answers.get(name) ?? []).some(
    (answer) => !isGood(answer) && answer.end < deleted - SLACK && answer.end > deleted - BROKEN_SHOWS,
  );

/** Long enough that an error rate of a hundredth shows under any load, and not as long as a pod's start is ago. */
const BROKEN_SHOWS: Nanos = 30e9;
/** The kubelet's whole seconds. */
const NEAR: Nanos = 1.2e9;
/** How long the end of a container shows: until its probe fails, and the proxy has heard of it. */
const CRASH_SHOWS: Nanos = 15e9;
/** A crash so soon after it was called ready is one that waiting would have shown. */
const SETTLING: Nanos = 30e9;

/** All its bad answers lie in one stretch after it came up; it has answered well ever since. */
function warmsUp({ name, firstReady, seen }: PodLife, { answers, isGood }: Context, t: Nanos): boolean {
  // Ascending by start, as requests are.
  const list = answers.get(name) ?? [];
  const lastBad = list.findLastIndex((answer) => !isGood(answer));
  const after = { length: list.length - lastBad - 1 };
  // Errors that come now and then between good answers are no youth's.
  const bad = list.filter((answer) => !isGood(answer)).length;
  if (bad < MOSTLY * (lastBad + 1)) return false;
  return (
    t >= seen && t - (firstReady ?? seen) < WARMING && lastBad !== -1 && after.length >= ENOUGH && t <= list[lastBad]!.t
  );
}

const WARMING: Nanos = 120e9;
/** Of its answers up to the last bad one. */
const MOSTLY = 0.25;
const ENOUGH = 5;

/** The kubelet names the probe: "Container app failed liveness probe, will be restarted". */
function killedByLiveness({ name, crashes, serving }: PodLife, context: Context, t: Nanos): boolean {
  return context.events.some(
    (one) =>
      one.about === name &&
      one.reason === 'Killing' &&
      /liveness/i.test(one.message) &&
      !(serving !== '' && /^Container (\S+) /.exec(one.message)?.[1] !== serving) &&
      Math.abs(one.t - t) < KILL_TAKES &&
      // It explains the end that came of it, and none later.
      !crashes.some((other) => other.t < t && other.t > one.t - NEAR),
  );
}

/** From "Killing" to the end of the container: its grace period. */
const KILL_TAKES: Nanos = 40e9;

/**
 * "Readiness probe failed: Get …: context deadline exceeded (Client.Timeout exceeded …)", in the half minute before an
 * outage, of a pod that nobody was deleting: one that ends fails its probes too. Or that was the last that could be heard of
 * it.
 */
export function timeOuts({ t }: Pick<RequestSeen, 't'>, context: Context): EventFact[] {
  const { events, byName } = context;
  const since = outageBegan(t, context);
  return events.filter((one) => {
    if (one.reason !== 'Unhealthy' || !one.message.startsWith('Readiness') || !isTimeOut(one.message)) return false;
    const pod = byName.get(one.about);
    // One that was never ready yet took nothing away.
    if (pod?.endpointReady === undefined || pod.endpointReady > one.t) return false;
    const { deleted } = pod;
    if (one.t > t + 2e9 || (deleted !== undefined && one.t >= deleted)) return false;
    if (!probedOutOf(pod, one.t, since)) return false;
    return one.t > since - PROBES_TAKE || isLastHeardOf(one, events);
  });
}

/** The slice let go of it after that probe, by the time that nobody was left, and not because it was deleted. */
const probedOutOf = ({ endpoint, deleted }: PodLife, probed: Nanos, since: Nanos): boolean =>
  endpoint.ready.some(
    ({ to }) =>
      to !== undefined &&
      to > probed - EVENTS_LAG &&
      to < since + TOLD &&
      (deleted === undefined || to < deleted - TOLD / 4),
  );

/** Watches of pods and of slices tell of one instant at several. */
const TOLD: Nanos = 2e9;
/** An event may be told of seconds after what came of it. */
const EVENTS_LAG: Nanos = 4e9;

/**
 * So many events about one object are let through on end, and then one in five minutes (client-go's filter of events,
 * `EventSourceObjectSpamFilter`).
 */
const HEARD = 25;

function isLastHeardOf({ about, t }: EventFact, events: EventFact[]): boolean {
  const own = events.filter((one) => one.about === about);
  return own.length >= HEARD && own.at(-1)!.t === t;
}

/**
 * When the outage that there was at an instant, or shortly before, began; that instant where there was none: what took the
 * last pod out is still so, though nothing is said of it any more.
 */
export function outageBegan(t: Nanos, { endpoints }: Context, end = t): Nanos {
  const index = endpoints.findLastIndex((one) => one.t <= t && (one.ready === 0 || one.t <= t - PROXY_CATCHES_UP));
  const found = endpoints[index];
  if (found?.ready === 0) return found.t;
  return endpoints.find((one) => one.ready === 0 && one.t >= t && one.t <= end)?.t ?? t;
}

/** What kube-proxy may lag behind the slice on a busy machine. */
const PROXY_CATCHES_UP: Nanos = 3e9;

/** Nothing of the Service was ready when the request began, or within the time that the slice and the proxies take. */
export function outage(t: Nanos, end: Nanos, context: Context): boolean {
  const at = (instant: Nanos) => readyEndpointsAt(context, instant) === 0;
  return at(t) || at(end) || at(t - PROXY_CATCHES_UP);
}
