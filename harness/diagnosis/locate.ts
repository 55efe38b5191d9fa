import { endOf, type PodLife } from '../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import { type Context, endedWith, readyEndpointsAt } from './context.ts';
import { beganReused, NO_NAME, phaseOf, REFUSED } from './phase.ts';

export interface Place {
  pod: PodLife;
  /** How it is known. */
  by:
    | 'the answer'
    | "the pod's log"
    | 'its connection in the node’s connection tracking'
    | 'the answer before it on its connection'
    | 'an older connection from its port, which was reset'
    | 'the only pod that it can have been'
    | 'one of several pods that it can have been';
  sure: boolean;
}

/**
 * The pods that a dropped request may have gone to: one where the evidence says which, several where it leaves them
 * open, none where nothing fits.
 */
export function locate(request: RequestSeen, context: Context): Place[] {
  const named = (name: string | undefined) =>
    name === undefined || name === '' ? undefined : context.byName.get(name);
  // Nobody was called: the name had no address.
  if (NO_NAME.has(request.errorCode)) return [];
  const answered = named(request.pod);
  if (answered !== undefined) return [{ pod: answered, by: 'the answer', sure: true }];
  const logged = named(context.handledBy.get(request.request)?.at(-1)?.pod);
  if (logged !== undefined) return [{ pod: logged, by: "the pod's log", sure: true }];
  const tracked = trackedPods(request, context).filter((pod) => !listened(request, pod, context));
  if (tracked.length === 1)
    return [{ pod: tracked[0]!, by: 'its connection in the node’s connection tracking', sure: context.flows.whole }];
  const connected = beganReused(request) ? named(context.connectionPod(request)) : undefined;
  if (connected !== undefined) return [{ pod: connected, by: 'the answer before it on its connection', sure: true }];
  if (phaseOf(request, context) === 'connect' && nothingReady(request, context)) return [];
  if (turnedAway(request, context)) return followed(request, context);
  const possible = phaseOf(request, context) === 'connect' ? deaf(request, context) : ended(request, context);
  const both = possible.filter((pod) => tracked.includes(pod));
  const candidates = both.length > 0 ? both : possible;
  const by =
    candidates.length === 1 ? 'the only pod that it can have been' : 'one of several pods that it can have been';
  return candidates.map((pod) => ({ pod, by, sure: false }));
}

/** Nobody sent it to this pod: it only followed what was left of another. */
export const isStale = ({ by }: Place): boolean => by === 'an older connection from its port, which was reset';

/** Pods whose end reset connections from the port that a connection without an entry of its own may have had. */
function followed(request: RequestSeen, { flows }: Context): Place[] {
  const pods = new Set(flows.stale(request).map((flow) => flows.podOf(flow)));
  const ended = [...pods].filter(
    (pod) => pod !== undefined && (endOf(pod) ?? Number.POSITIVE_INFINITY) <= request.end + 0.3e9,
  );
  return ended.map((pod) => ({
    pod: pod!,
    by: 'an older connection from its port, which was reset',
    // By the ports of its neighbours: its own is not known.
    sure: false,
  }));
}

function trackedPods(request: RequestSeen, { flows }: Context): PodLife[] {
  const pods = flows.of(request).map((flow) => flows.podOf(flow));
  return [...new Set(pods)].filter((pod) => pod !== undefined);
}

/**
 * It made no entry of its own: connections were tracked, and none of its time is unaccounted for. Either the proxy had no
 * endpoint for it, or it followed the entry of an older connection.
 */
export function turnedAway(request: RequestSeen, context: Context): boolean {
  const { flows } = context;
  return (
    flows.whole &&
    !NO_NAME.has(request.errorCode) &&
    phaseOf(request, context) === 'connect' &&
    flows.of(request).length === 0
  );
}

/**
 * Nothing of the Service was ready when the request began, nor for as long before as a proxy may lag behind: whatever it
 * went to, it went there because there was nothing else.
 */
export function nothingReady({ t }: RequestSeen, context: Context): boolean {
  return readyEndpointsAt(context, t) === 0 && readyEndpointsAt(context, t - PROXY_CATCHES_UP) === 0;
}

/** What kube-proxy may lag behind the slice on a busy machine. */
const PROXY_CATCHES_UP: Nanos = 3e9;

/**
 * Pods whose process ended just as the request did. Where there is none: pods that the request's whole life lies
 * around, because a connection that a full accept queue never took is only reset when its data is sent again.
 */
function ended(request: RequestSeen, { pods }: Context): PodLife[] {
  // Others of the namespace are nobody's endpoints.
  const alive = pods.filter(({ seen, endpointReady }) => seen <= request.t && endpointReady !== undefined);
  const tight = alive.filter((pod) => endedWith(request, pod));
  return tight.length > 0 ? tight : alive.filter((pod) => leftInQueue(request, pod));
}

/** Sum of TCP's first six retransmission intervals, 0.2 s doubling each time: 12.6 s (RFC 6298, Linux's minimum). */
const RETRANSMISSION: Nanos = 12.6e9;

export function leftInQueue({ t, end, phases }: RequestSeen, pod: PodLife): boolean {
  const died = endOf(pod);
  if (pod.deleted === undefined || died === undefined || phases.connecting === 0) return false;
  // A watch tells of a deletion a little after it took place.
  return t >= pod.deleted - 1e9 && t <= died && end >= died && end <= died + RETRANSMISSION;
}

/** How long after a pod's removal from the slice a proxy may still send to it: beyond, another cause is at work. */
export const PROXY_LAG: Nanos = 15e9;

/** Pods that a proxy may have chosen while nothing listened there: not yet, or not any more. */
function deaf({ t, end }: RequestSeen, context: Context): PodLife[] {
  const { pods, proxyForgot } = context;
  return pods.filter((pod) => {
    if (pod.endpointReady === undefined) return false;
    const first = firstSign(pod, context);
    // Who is called ready by a probe listens by then.
    const unproven = !pod.hasReadinessProbe && pod.deleted === undefined;
    const tooEarly = unproven && pod.endpointReady <= end && (first === undefined || first > t);
    const closed = pod.sigterm ?? endOf(pod);
    if (closed === undefined) return tooEarly;
    // Who answered a new connection later than that still listened.
    if (answeredFreshAfter(pod, context, t)) return false;
    const forgotten = Math.min(
      proxyForgot.get(pod.uid) ?? Number.POSITIVE_INFINITY,
      (pod.endpointRemoved ?? closed) + PROXY_LAG,
    );
    // The kubelet's instants have whole seconds.
    const slack = pod.sigterm === undefined ? 1e9 : 0.1e9;
    return tooEarly || (closed <= t + slack && t <= forgotten);
  });
}

/** Nobody listens where a connection is refused: not a pod that was up before and has answered a new connection since. */
function listened({ errorCode, t }: RequestSeen, pod: PodLife, context: Context): boolean {
  if (errorCode !== REFUSED || pod.crashes.length > 0) return false;
  return (firstSign(pod, context) ?? Number.POSITIVE_INFINITY) <= t && answeredFreshAfter(pod, context, t);
}

const answeredFreshAfter = ({ name }: PodLife, { answers }: Context, t: Nanos) =>
  (answers.get(name) ?? []).some((answer) => !answer.reused && answer.t > t);

/** The first request that the pod answered: from then on it surely listened. */
export function firstSign({ name }: PodLife, { answers }: Context): Nanos | undefined {
  const list = answers.get(name);
  return list === undefined
    ? undefined
    : list.reduce((least, { end }) => Math.min(least, end), Number.POSITIVE_INFINITY);
}
