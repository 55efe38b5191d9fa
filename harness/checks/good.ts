import type { LoadPlan, RequestSeen } from '../history/types.ts';
import { maybeProxied } from './connections.ts';

/** Our own, beside k6's: a whole answer without the text that a good one has (k6/rollproof.js). */
export const LACKS_TEXT = 900;

/** What is said of an answer whose body ends with its connection, and of which nobody can tell whether it is whole (k6/rollproof.js). */
export const OPEN_END = 'it ends with its connection';

/** k6 calls an answer a failure by its status alone. */
export const isByStatus = ({ errorCode }: Pick<RequestSeen, 'errorCode'>): boolean =>
  errorCode >= 1400 && errorCode < 1600;

/**
 * An answer that came, and came whole. k6 gives an error code of 1400 to 1599 to an answer by its status alone; every other
 * code is an answer that never came or broke off.
 */
export const isWhole = ({ errorCode }: Pick<RequestSeen, 'errorCode'>): boolean =>
  errorCode === 0 || errorCode === LACKS_TEXT || isByStatus({ errorCode });

type Answer = Pick<RequestSeen, 'status' | 'errorCode' | 't' | 'end' | 'lane'>;
type Wanted = Pick<LoadPlan, 'good' | 'goodMaxMs'>;

/** A good answer: complete, with a status and a text that the load plan calls good, and in time. */
export function isGood(request: Answer, plan: Wanted): boolean {
  return isWhole(request) && !isWrong(request, plan) && !isLate(request, plan);
}

/** What the load plan calls good is said of the service: of the control lane, any answer that is no failure. */
const OF_CONTROL: [number, number][] = [[200, 499]];

/** A whole answer that says something else than a good one: no machine makes one. */
export const isWrong = (
  { status, errorCode, lane }: Pick<Answer, 'status' | 'errorCode' | 'lane'>,
  { good }: Pick<Wanted, 'good'>,
): boolean =>
  isWhole({ errorCode }) &&
  (errorCode === LACKS_TEXT ||
    !(lane === 'control' ? OF_CONTROL : good).some(([from, to]) => status >= from && status <= to));

/**
 * Answered with an error: no machine makes one. But the busy are turned away with 503 or 429; and a proxy in between makes 502
 * and 504 of what did not answer it, in its own name.
 */
export const isTheServices = (
  request: Answer & Pick<RequestSeen, 'pod'>,
  plan: Wanted & Pick<LoadPlan, 'target'>,
): boolean =>
  isWrong(request, plan) &&
  request.status !== 503 &&
  request.status !== 429 &&
  !(maybeProxied(plan) && request.pod === '' && (request.status === 502 || request.status === 504));

/** Answers of the lanes slow and stream take their time by intent. */
export const HELD: ReadonlySet<string> = new Set(['slow', 'stream', 'control']);

const isLate = (request: Answer, { goodMaxMs }: Wanted): boolean =>
  goodMaxMs !== undefined && !HELD.has(request.lane) && durationMs(request) > goodMaxMs;

export const durationMs = ({ t, end }: Pick<RequestSeen, 't' | 'end'>): number => (end - t) / 1e6;

/** The value below which the share `q` of the sorted values lies (nearest rank). Undefined for none. */
export function quantile(sorted: number[], q: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
