import type { Nanos } from '../history/types.ts';

/**
 * The one clock of a run. `epoch` is its zero on the wall clock; from there it advances by the monotonic clock, so
 * that a step of the wall clock (NTP) in mid-run does not reorder the history.
 */
export interface Clock {
  /** ISO 8601, UTC. */
  readonly epoch: string;
  now(): Nanos;
  /** Wall-clock milliseconds since 1970 (fractions allowed), as containers on this machine stamp them. */
  toNanos(unixMs: number): Nanos;
}

/** Two clocks of the same epoch agree, in any process or thread of the machine. */
export function clockSince(epoch: string): Clock {
  const epochMs = Date.parse(epoch);
  const monotonicAtEpoch = process.hrtime.bigint() - BigInt(Math.round((preciseUnixMs() - epochMs) * 1e6));
  return {
    epoch,
    now: () => Number(process.hrtime.bigint() - monotonicAtEpoch),
    toNanos: (unixMs) => Math.round((unixMs - epochMs) * 1e6),
  };
}

/**
 * `Date.now()` has whole milliseconds only, and `performance.timeOrigin` drifts from the wall clock in long processes:
 * wait for the millisecond to turn, once, which costs at most one.
 */
function preciseUnixMs(): number {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return now;
}
