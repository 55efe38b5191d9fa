import { endOf, type PodLife } from '../../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../../history/types.ts';
import { brokeDown, type Context, endedWith, termOf } from '../context.ts';
import { type Rule, unanswered } from '../drop.ts';
import { isStale, PROXY_LAG, turnedAway } from '../locate.ts';
import { NO_NAME, REQUEST_TIMEOUT } from '../phase.ts';
import { outage, outageBegan } from './readiness.ts';

/** Causes that lie between the client and the pods. Of a pod that was itself at fault, they are no more than `also`. */
export const DATA_PLANE = {
  'stale-flow': ({ place }) => place !== undefined && isStale(place),

  'endpoint-lag': (drop) => {
    const { request, place } = drop;
    // No proxy chooses anew for a kept connection.
    if (place === undefined || request.reused || !unanswered(drop) || isStale(place)) return false;
    const { endpointRemoved, deleted } = place.pod;
    const end = endOf(place.pod);
    // Who crashed is not one that a wait would have helped.
    if (deleted === undefined || (end !== undefined && end < deleted - DELETION_TOLD)) return false;
    if (brokeDown(place.pod) && drop.phase !== 'connect') return false;
    return (
      endpointRemoved !== undefined && request.t >= endpointRemoved && end !== undefined && request.end >= end - 0.2e9
    );
  },

  'switch-before-ready': ({ request, phase, place, context }) => {
    const turn = lastSwitch(context.service.switches, request.t);
    if (phase !== 'connect' || turn === undefined || NO_NAME.has(request.errorCode)) return false;
    const { t, end } = request;
    const by = turn.t + SWITCH_EMPTIES;
    return (
      (outage(t, end, context) && outageBegan(t, context, end) < by) ||
      (turnedAway(request, context) && !(place !== undefined && isStale(place)) && wasEmptySince(t, context, by))
    );
  },

  'blue-removed-too-soon': (drop) => {
    const { request, place, context } = drop;
    const turn = lastSwitch(context.service.switches, request.end);
    if (turn === undefined || place === undefined || !unanswered(drop) || isStale(place)) return false;
    const { pod } = place;
    const left = Object.entries(turn.selector).some(([label, value]) => pod.labels[label] !== value);
    if (!left || pod.deleted === undefined || pod.deleted < turn.t) return false;
    return endedWith(request, pod) || (request.reused && lostAsItWent(request, pod));
  },

  'local-traffic-policy': ({ request, phase, place, context }) =>
    phase === 'connect' &&
    place === undefined &&
    context.service.localTraffic !== undefined &&
    // What comes from inside, to the Service's own address, is none of externalTrafficPolicy's.
    (context.service.localTraffic === 'internalTrafficPolicy' || context.fromOutside) &&
    (request.errorCode === 1211 || request.errorCode === REQUEST_TIMEOUT),

  'headless-dns': ({ request, phase, context }) =>
    phase === 'connect' &&
    context.service.headless &&
    (NO_NAME.has(request.errorCode) ||
      context.pods.some((pod) => {
        const end = endOf(pod);
        return end !== undefined && request.end >= end && request.t <= end + NAMES_LIVE;
      })),
} satisfies Record<string, Rule>;

/** CoreDNS's default time to live in a cluster is 30 s; clients may keep a name for longer. */
const NAMES_LIVE: Nanos = 60e9;

/** A pod may close its connections, one after the other, well before its process has ended. */
function lostAsItWent({ t, end }: RequestSeen, pod: PodLife): boolean {
  const [sigterm, ended] = [termOf(pod), endOf(pod)];
  return sigterm !== undefined && ended !== undefined && end >= sigterm && t <= ended;
}

/** A watch, and the kubelet's whole seconds. */
const DELETION_TOLD: Nanos = 2e9;

/** A proxy may still go on as if it were. */
const wasEmptySince = (t: Nanos, { endpoints }: Context, by: Nanos): boolean =>
  endpoints.some(
    (one, i) => one.ready === 0 && one.t <= t && one.t < by && (endpoints[i + 1]?.t ?? t) >= t - PROXY_LAG,
  );

/** What is empty later is so for another reason. */
const SWITCH_EMPTIES: Nanos = 5e9;

/** A switch shows for so long. */
const SWITCH_SHOWS: Nanos = 60e9;

function lastSwitch(switches: { t: Nanos; selector: Record<string, string> }[], t: Nanos) {
  return switches.findLast((one) => one.t <= t && t - one.t < SWITCH_SHOWS);
}
