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
  const { unixMs, monotonic } = turnOfMillisecond();
  const monotonicAtEpoch = monotonic - BigInt(unixMs - epochMs) * 1_000_000n;
  return {
    epoch,
    now: () => Number(process.hrtime.bigint() - monotonicAtEpoch),
    toNanos: (unixMs) => Math.round((unixMs - epochMs) * 1e6),
  };
}

/**
 * Both clocks, as the wall clock's millisecond turns: `Date.now()` has whole milliseconds only, and `performance.timeOrigin`
 * drifts from the wall clock in long processes. A process that is held up just then would be off by as long: it is tried
 * again, some times, and the best counts. Each try costs a millisecond at most.
 */
function turnOfMillisecond(): { unixMs: number; monotonic: bigint } {
  let best: { unixMs: number; monotonic: bigint; took: bigint } | undefined;
  for (let tries = 0; tries < 5 && (best === undefined || best.took > CLOSE); tries++) {
    // It turns between two readings of the wall clock, and those lie between readings of the other.
    let before = process.hrtime.bigint();
    const last = Date.now();
    let unixMs = last;
    let [since, monotonic] = [before, process.hrtime.bigint()];
    while (unixMs === last) {
      [since, before] = [before, monotonic];
      unixMs = Date.now();
      monotonic = process.hrtime.bigint();
    }
    const took = monotonic - since;
    if (best === undefined || took < best.took) best = { unixMs, monotonic, took };
  }
  return best!;
}

/** Nanoseconds. */
const CLOSE = 50_000n;

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
