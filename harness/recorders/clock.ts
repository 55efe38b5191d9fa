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

/** The two clocks of a machine, in milliseconds (fractions allowed). */
export interface Clocks {
  wall(): number;
  monotonic(): number;
}

/**
 * Returns a function that says by how many milliseconds the wall clock has been set against the monotonic one since the
 * last call, forwards or backwards; to a millisecond. Slewing (NTP's usual way) moves both alike, and a machine that was
 * suspended shows as a step.
 */
export function clockSteps(clocks: Clocks = { wall: Date.now, monotonic: () => performance.now() }): () => number {
  let before = offset(clocks);
  return () => {
    const now = offset(clocks);
    const step = now - before;
    before = now;
    return Math.round(step * 10) / 10;
  };
}

/** The clocks are read one after the other: a process that is held up in between would see a step that never was. */
function offset({ wall, monotonic }: Clocks): number {
  let best = { took: Number.POSITIVE_INFINITY, offset: 0 };
  for (let tries = 0; tries < 5 && best.took > 1; tries++) {
    const before = monotonic();
    const at = wall();
    const after = monotonic();
    if (after - before < best.took) best = { took: after - before, offset: at - (before + after) / 2 };
  }
  return best.offset;
}
