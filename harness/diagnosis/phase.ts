import { isWhole } from '../checks/good.ts';
import type { RequestSeen } from '../history/types.ts';

/**
 * Where a request broke: before there was a connection, on one, behind a proxy that answered in its place, or with an answer
 * that is no good one.
 */
export type Phase = 'connect' | 'reused' | 'request' | 'proxied' | 'response' | 'answer';

/** No such name, refused, unreachable, dial timeout: k6's codes for a connection that never was. */
const CONNECT_ERRORS = new Set([1100, 1101, 1210, 1211, 1212, 1213]);
export const REFUSED = 1212;
/** k6's codes for a name that has no address. */
export const NO_NAME: ReadonlySet<number> = new Set([1100, 1101]);
export const REQUEST_TIMEOUT = 1050;

/** What a proxy says where the service behind it did not answer. */
const GATEWAY_ERRORS = new Set([502, 503, 504]);

/** @param proxied an answer that names no pod may be a proxy's own */
export function phaseOf(request: RequestSeen, { proxied }: { proxied: boolean }): Phase {
  const { status, errorCode, reused, phases, bytes, pod } = request;
  // On the other side of the proxy it had no answer; on which connection, nobody knows.
  if (proxied && pod === '' && GATEWAY_ERRORS.has(status)) return 'proxied';
  if (status > 0) return isWhole(request) ? 'answer' : 'response';
  // k6 forgets status and headers of an answer whose body broke off; what it received it still counts.
  if (phases.receiving > 0 || bytes > 0) return 'response';
  if (beganReused(request)) return 'reused';
  // A SYN that nobody answers runs into the request's time-out, and k6 gives it that code.
  if (CONNECT_ERRORS.has(errorCode) || (errorCode === REQUEST_TIMEOUT && !reused && phases.connecting === 0))
    return 'connect';
  return 'request';
}

/**
 * It went out on a kept connection. So did one that found no connection at last and yet had been sent: the kept one broke,
 * the client's library dialled anew to send it again, and that failed.
 */
export function beganReused({ reused, errorCode, phases }: RequestSeen): boolean {
  return reused || (CONNECT_ERRORS.has(errorCode) && phases.sending > 0);
}
