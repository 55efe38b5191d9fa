import { catchesSigterm, endOf, type PodLife } from '../../history/pod-lives.ts';
import type { Nanos } from '../../history/types.ts';
import { brokeDown, type Context, endedWith, hookFailed, killed, termOf } from '../context.ts';
import { answeredWithin, type Drop, EARLY, type Rule, unanswered, wasHandled } from '../drop.ts';
import { isStale, leftInQueue, nothingReady } from '../locate.ts';
import { REQUEST_TIMEOUT } from '../phase.ts';
import { DATA_PLANE } from './data-plane.ts';

/** Causes that lie in how a pod ends. Each needs the pod, and that it was deleted; several may hold for one drop. */
export const SHUTDOWN = {
  'sigterm-ignored': (drop) =>
    unanswered(drop) &&
    atItsEnd(drop, ({ pod }) => killed(pod) && deafToSigterm(pod, drop.context) && endedWith(drop.request, pod)),

  'exits-without-draining': (drop) =>
    unanswered(drop) &&
    !forWantOfAnother(drop) &&
    atItsEnd(
      drop,
      ({ pod, sigterm }) =>
        endsAtOnce(pod) &&
        !drop.facts.closedAlive.has(pod.owner) &&
        // Idle connections go with any process, be it as late and as orderly as it may.
        (drop.phase !== 'reused' || wasHandled(drop) || drop.facts.missed.has(pod.owner)) &&
        !(drop.phase === 'connect' && outWellBefore(pod, sigterm)) &&
        !hookFailed(pod, drop.context) &&
        drop.request.end >= sigterm - EARLY,
    ),

  'listener-closed-early': (drop) =>
    !forWantOfAnother(drop) &&
    atItsEnd(
      drop,
      ({ pod, sigterm, end }) =>
        !hookFailed(pod, drop.context) &&
        ((drop.phase === 'connect' &&
          drop.request.t >= sigterm - EARLY &&
          // Where it exits at once, the refusals go on until the proxy takes it out.
          !outWellBefore(pod, sigterm) &&
          ((drop.request.end < end && !DIAL_TIMED_OUT.has(drop.request.errorCode)) ||
            (endsAtOnce(pod) && drop.facts.closedAlive.has(pod.owner)))) ||
          leftUnaccepted(drop, pod, sigterm)),
    ),

  'accept-loop-blocked': (drop) =>
    unanswered(drop) &&
    drop.phase !== 'response' &&
    !wasHandled(drop) &&
    atItsEnd(
      drop,
      ({ pod, sigterm, end }) =>
        standsStill(pod, drop.context) &&
        !(killed(pod) && (deafToSigterm(pod, drop.context) || drop.request.t < sigterm - EARLY)) &&
        drop.request.t <= end &&
        reached(drop, pod) >= sigterm - IN_HAND &&
        drop.request.end >= sigterm - EARLY &&
        hung(drop, pod, end),
    ),

  'grace-too-short': (drop) =>
    drop.request.lane !== 'stream' &&
    unanswered(drop) &&
    // It answered on kept connections to its last: with more grace it would do so for longer.
    !(drop.phase === 'reused' && drop.place !== undefined && pinned(drop.place.pod, drop.context)) &&
    atItsEnd(drop, ({ pod }) => killed(pod) && !deafToSigterm(pod, drop.context) && endedWith(drop.request, pod)),

  'prestop-failed': (drop) =>
    unanswered(drop) &&
    atItsEnd(drop, ({ pod, sigterm }) => hookFailed(pod, drop.context) && drop.request.end >= sigterm - EARLY),

  'keepalive-cut': (drop) =>
    drop.phase === 'reused' &&
    !wasHandled(drop) &&
    !blueRemoved(drop) &&
    atItsEnd(drop, ({ pod, sigterm, end }) => during(drop, pod, sigterm, end) && !pinned(pod, drop.context)),

  'keepalive-pinned': (drop) =>
    drop.phase === 'reused' &&
    // Where it had all of its grace, blue was not in haste.
    (!blueRemoved(drop) || (drop.place !== undefined && killed(drop.place.pod))) &&
    atItsEnd(drop, ({ pod, sigterm, end }) => during(drop, pod, sigterm, end) && pinned(pod, drop.context)),

  'stream-cut': (drop) =>
    drop.request.lane === 'stream' &&
    (drop.phase === 'response' || drop.phase === 'request') &&
    atItsEnd(drop, ({ pod }) => endedWith(drop.request, pod)),
} satisfies Record<string, Rule>;

interface Ending {
  pod: PodLife;
  sigterm: Nanos;
  end: Nanos;
}

function atItsEnd(drop: Drop, holds: (ending: Ending) => boolean): boolean {
  const { place } = drop;
  if (place?.pod.deleted === undefined || isStale(place)) return false;
  const { pod } = place;
  if (brokeDown(pod) && endedWith(drop.request, pod)) return false;
  const [sigterm, end] = [termOf(pod), endOf(pod)];
  return sigterm !== undefined && end !== undefined && holds({ pod, sigterm, end });
}

/** What was sent longer before SIGTERM was being worked on. */
const IN_HAND: Nanos = 1e9;
/** Nobody answered the SYN: a queue that is full, and not a listener that is closed. */
const DIAL_TIMED_OUT: ReadonlySet<number> = new Set([1211, REQUEST_TIMEOUT]);

/** When it was sent to this pod: later than it began where it had been sent to another one first, behind k6's back. */
function reached({ request, context: { flows } }: Drop, pod: PodLife): Nanos {
  const opened = flows.of(request).flatMap((flow) => (flows.podOf(flow) === pod ? [flow.t] : []));
  return Math.max(request.t, ...opened);
}

const during = (drop: Drop, pod: PodLife, sigterm: Nanos, end: Nanos) =>
  drop.request.errorCode !== REQUEST_TIMEOUT &&
  reached(drop, pod) >= sigterm - IN_HAND &&
  drop.request.end >= sigterm - EARLY &&
  drop.request.t <= end + EARLY;

/** Its first process has no handler; or, where nobody looked, it went on answering through the second half of its grace. */
function deafToSigterm(pod: PodLife, context: Context): boolean {
  const catches = catchesSigterm(pod);
  if (catches === false) return true;
  const [sigterm, end] = [termOf(pod), endOf(pod)];
  if (sigterm === undefined || end === undefined) return false;
  // A handler that is there does not help where it goes on taking new connections all the same.
  return answeredWithin(pod, context, (sigterm + end) / 2, end, catches === true);
}

/** Shorter than this, nobody has waited for anything. */
const AT_ONCE: Nanos = 0.7e9;

function endsAtOnce(pod: PodLife): boolean {
  const [sigterm, end] = [termOf(pod), endOf(pod)];
  return sigterm !== undefined && end !== undefined && !killed(pod) && end - sigterm < AT_ONCE;
}

/** Worker threads may finish what they had already accepted: half a second is theirs. */
const WORKERS_FINISH: Nanos = 0.5e9;

/** A hook had it wait until it was long out of the slice: what is still sent to it then is the proxies' fault. */
const outWellBefore = ({ hasPreStop, endpointRemoved }: PodLife, sigterm: Nanos): boolean =>
  hasPreStop && endpointRemoved !== undefined && endpointRemoved < sigterm - WELL;
const WELL: Nanos = 1e9;

/** It lived on after SIGTERM, and answered nothing that began after it. */
function standsStill(pod: PodLife, context: Context): boolean {
  const [sigterm, end] = [termOf(pod), endOf(pod)];
  if (!context.namesPods || sigterm === undefined || end === undefined || end - sigterm < AT_ONCE) return false;
  return !answeredWithin(pod, context, sigterm + WORKERS_FINISH, end);
}

/** It waited for an answer until the process was gone (or for as long as its client had patience). */
function hung(drop: Drop, pod: PodLife, end: Nanos): boolean {
  const { request, phase } = drop;
  // Its SYN found a full accept queue, and was sent again to nobody.
  if (phase === 'connect') return request.end >= end - EARLY || DIAL_TIMED_OUT.has(request.errorCode);
  return endedWith(request, pod) || leftInQueue(request, pod) || request.errorCode === REQUEST_TIMEOUT;
}

/** As a listener is closed, the connections that nobody had accepted yet are reset. */
function leftUnaccepted({ request, phase, facts, context }: Drop, { owner, exit }: PodLife, sigterm: Nanos): boolean {
  if (phase !== 'request' || exit === undefined || !facts.closedAlive.has(owner)) return false;
  if (context.handledBy.has(request.request)) return false;
  return request.end >= sigterm - EARLY && request.end < Math.min(exit, sigterm + AT_ONCE);
}

/**
 * Long after it left the endpoints, and after SIGTERM, it still answered on reused connections: it went on as if nothing
 * had happened, and its clients held on to it until its end.
 */
function pinned(pod: PodLife, { answers, letGo }: Context): boolean {
  const { name, endpointRemoved } = pod;
  const sigterm = termOf(pod);
  if (endpointRemoved === undefined || sigterm === undefined) return false;
  const after = Math.max(endpointRemoved + LONG_AFTER, sigterm + WORKERS_FINISH);
  return (answers.get(name) ?? []).some((answer) => answer.reused && answer.t > after && !letGo(answer));
}

const LONG_AFTER: Nanos = 3e9;

/** A proxy sends to a pod that ends where no other is ready: then the want of another is the cause. */
const forWantOfAnother = ({ request, context }: Drop) => nothingReady(request, context);

const blueRemoved = (drop: Drop) => DATA_PLANE['blue-removed-too-soon'](drop);
