import { endOf, type PodLife } from '../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import { type Context, endedWith } from './context.ts';

/** Where a request broke: before there was a connection, on one, or with an answer that is no good one. */
export type Phase = 'connect' | 'reused' | 'request' | 'response' | 'answer';

/** Refused, unreachable, dial timeout: k6's codes for a connection that never was. */
const CONNECT_ERRORS = new Set([1210, 1211, 1212, 1213]);

export function phaseOf({ status, errorCode, reused }: RequestSeen): Phase {
  if (status > 0) return errorCode === 0 || (errorCode >= 1400 && errorCode < 1600) ? 'answer' : 'response';
  if (CONNECT_ERRORS.has(errorCode)) return 'connect';
  return reused ? 'reused' : 'request';
}

export interface Place {
  pod: PodLife;
  /** How it is known. */
  by: 'the answer' | "the pod's log" | 'the connection' | 'the only pod that it can have been';
  sure: boolean;
}

/** The pod that a dropped request went to; undefined where the evidence leaves more than one, or none. */
export function locate(request: RequestSeen, context: Context): Place | undefined {
  const named = (name: string | undefined) =>
    name === undefined || name === '' ? undefined : context.byName.get(name);
  const answered = named(request.pod);
  if (answered !== undefined) return { pod: answered, by: 'the answer', sure: true };
  const logged = named(context.handledBy.get(request.request));
  if (logged !== undefined) return { pod: logged, by: "the pod's log", sure: true };
  const connected = named(context.connectionPod(request));
  if (connected !== undefined) return { pod: connected, by: 'the connection', sure: true };
  const candidates = phaseOf(request) === 'connect' ? deaf(request, context) : ended(request, context);
  const [only] = candidates;
  return candidates.length === 1 && only !== undefined
    ? { pod: only, by: 'the only pod that it can have been', sure: false }
    : undefined;
}

/**
 * Pods whose process ended just as the request did. Where there is none: pods that the request's whole life lies
 * around, because a connection that a full accept queue never took is only reset when its data is sent again.
 */
function ended(request: RequestSeen, { pods }: Context): PodLife[] {
  const alive = pods.filter(({ seen }) => seen <= request.t);
  const tight = alive.filter((pod) => endedWith(request, pod));
  return tight.length > 0 ? tight : alive.filter((pod) => leftInQueue(request, pod));
}

/** Sum of TCP's first six retransmission intervals, 0.2 s doubling each time: 12.6 s (RFC 6298, Linux's minimum). */
const RETRANSMISSION: Nanos = 12.6e9;

function leftInQueue({ t, end, phases }: RequestSeen, pod: PodLife): boolean {
  const died = endOf(pod);
  if (pod.deleted === undefined || died === undefined || phases.connecting === 0) return false;
  // A watch tells of a deletion a little after it took place.
  return t >= pod.deleted - 1e9 && t <= died && end >= died && end <= died + RETRANSMISSION;
}

/** How long after a pod's removal from the slice a proxy may still send to it: beyond, another cause is at work. */
const PROXY_LAG = 15e9;

/** Pods that a proxy may have chosen while nothing listened there: not yet, or not any more. */
function deaf({ t, end }: RequestSeen, { pods }: Context): PodLife[] {
  return pods.filter((pod) => {
    const tooEarly =
      pod.endpointReady !== undefined && pod.endpointReady <= end && pod.listening !== undefined && pod.listening > t;
    const died = endOf(pod);
    const tooLate =
      died !== undefined &&
      died <= end + 1e9 &&
      end <= (pod.endpointRemoved ?? died) + PROXY_LAG &&
      pod.endpointReady !== undefined;
    return tooEarly || tooLate;
  });
}
