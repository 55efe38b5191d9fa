import type { LoadPlan, RequestSeen } from '../history/types.ts';

/**
 * An answer that came, and came whole. k6 gives an error code of 1400 to 1599 to an answer by its status alone; every other
 * code is an answer that never came or broke off.
 */
export const isWhole = ({ errorCode }: Pick<RequestSeen, 'errorCode'>): boolean =>
  errorCode === 0 || (errorCode >= 1400 && errorCode < 1600);

/** A good answer: complete, and with a status that the load plan calls good. */
export function isGood(
  { status, errorCode }: Pick<RequestSeen, 'status' | 'errorCode'>,
  { good }: Pick<LoadPlan, 'good'>,
): boolean {
  return isWhole({ errorCode }) && good.some(([from, to]) => status >= from && status <= to);
}

export const durationMs = ({ t, end }: RequestSeen): number => (end - t) / 1e6;

/** The value below which the share `q` of the sorted values lies (nearest rank). Undefined for none. */
export function quantile(sorted: number[], q: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
