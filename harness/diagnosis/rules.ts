import { endOf, type PodLife } from '../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import type { CauseName } from './catalogue.ts';
import { type Context, endedWith, readyEndpointsAt, SLACK } from './context.ts';
import { type Phase, type Place, phaseOf } from './locate.ts';

/** Everything a rule may look at. */
export interface Drop {
  request: RequestSeen;
  phase: Phase;
  place: Place | undefined;
  context: Context;
}

export type Rule = (drop: Drop) => boolean;

/**
 * Whether a cause explains a drop. Each rule is a statement about joined evidence; several may hold, and the
 * catalogue's order says which comes first.
 */
export const RULES: Record<Exclude<CauseName, 'unattributed'>, Rule> = {
  'sigterm-ignored': ({ request, place, context }) =>
    place !== undefined &&
    killed(place.pod) &&
    context.logs &&
    place.pod.sigterm === undefined &&
    request.end >= place.pod.deleted!,

  'grace-too-short': ({ request, place }) =>
    place !== undefined && killed(place.pod) && place.pod.sigterm !== undefined && endedWith(request, place.pod),

  'exits-without-draining': ({ request, place }) =>
    place !== undefined && endsAtOnce(place.pod) && request.end >= place.pod.sigterm! - 0.2e9 && !answered(request),

  'accept-loop-blocked': (drop) => {
    const { request, place, context } = drop;
    if (place === undefined || !blocked(place.pod, context) || answered(request)) return false;
    return handledBy(drop) === undefined && request.end >= place.pod.sigterm!;
  },

  'listener-closed-early': ({ request, phase, place }) => {
    const end = place === undefined ? undefined : endOf(place.pod);
    if (phase !== 'connect' || place === undefined || end === undefined) return false;
    return (
      place.pod.sigterm !== undefined && request.t >= place.pod.sigterm && request.t < end && !endsAtOnce(place.pod)
    );
  },

  'keepalive-cut': (drop) => {
    const { request, phase, place } = drop;
    return phase === 'reused' && place !== undefined && handledBy(drop) === undefined && endedWith(request, place.pod);
  },

  'no-readiness-probe': ({ request, place }) => {
    if (place === undefined || place.pod.hasReadinessProbe || answered(request)) return false;
    return place.pod.listening !== undefined && request.t < place.pod.listening;
  },

  'unready-while-draining': ({ request, phase, place }) =>
    phase === 'answer' &&
    place?.by === 'the answer' &&
    request.status === 503 &&
    place.pod.deleted !== undefined &&
    request.end >= place.pod.deleted - SLACK,

  'strategy-recreate': ({ request, phase, context }) =>
    phase === 'connect' && context.deployment?.strategy === 'Recreate' && outage(request, context),

  'single-replica-unavailable': ({ request, phase, context }) =>
    phase === 'connect' &&
    context.deployment?.strategy !== 'Recreate' &&
    context.floor === 0 &&
    outage(request, context),

  'endpoint-lag': ({ request, place }) => {
    if (place === undefined || answered(request)) return false;
    const { endpointRemoved } = place.pod;
    return endpointRemoved !== undefined && request.t >= endpointRemoved;
  },
};

const answered = (request: RequestSeen) => phaseOf(request) === 'answer';

const handledBy = ({ request, context }: Drop) => context.handledBy.get(request.request);

/** Nothing of the Service was ready when the request began, or within the time that the slice and the proxies take. */
function outage(request: RequestSeen, context: Context): boolean {
  const at = (t: Nanos) => readyEndpointsAt(context, t) === 0;
  return at(request.t) || at(request.end) || at(request.t - PROXY_CATCHES_UP);
}

/** What kube-proxy may lag behind the slice on a busy machine. */
const PROXY_CATCHES_UP: Nanos = 3e9;

/** SIGKILL at the end of the grace period. */
function killed({ deleted, exitCode }: PodLife): boolean {
  return deleted !== undefined && exitCode === 137;
}

/** Shorter than this, nobody has waited for anything. */
const AT_ONCE: Nanos = 0.7e9;

function endsAtOnce(pod: PodLife): boolean {
  if (pod.sigterm === undefined || pod.exit === undefined) return false;
  return pod.exit - pod.sigterm < AT_ONCE;
}

/** It got SIGTERM, lived on for a while, and handled nothing that began after it: its accept loop stood still. */
function blocked(pod: PodLife, context: Context): boolean {
  const end = endOf(pod);
  if (!context.logs || pod.sigterm === undefined || end === undefined || end - pod.sigterm < AT_ONCE) return false;
  return !context.handledInDrain.has(pod.name);
}
