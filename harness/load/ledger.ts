import type { LaneName, Nanos, NewObservation } from '../history/types.ts';
import { type LaneClock, readLine } from './records.ts';

export interface LaneCounts {
  sent: number;
  /** Without an answer, or answered outside 200..399. */
  failed: number;
  lastStatus: number;
  lastError: string;
}

/** The books of one lane: every line of its k6 goes in, observations come out, and what is missing is known. */
export interface Ledger {
  readonly counts: LaneCounts;
  readonly warnings: string[];
  /** How many VUs, hence connections of a kept lane, have completed a request. */
  readonly users: number;
  /** k6's own counters, once it has ended in good order. */
  readonly summary: { iterations: number; dropped: number } | undefined;
  /** A line that was read before is not taken twice. */
  read(line: string): void;
  /** Every request that began before `t` has been recorded, and one that began later proves it. */
  completeUpTo(t: Nanos): boolean;
  /** From the first request whose outcome is unknown. */
  blindUntil(to: Nanos, reason: string): void;
  /** To be called when the output has ended. */
  end(): void;
}

const MOST_WARNINGS = 50;

export function ledger(lane: LaneName, clock: LaneClock, append: (observation: NewObservation) => unknown): Ledger {
  const counts: LaneCounts = { sent: 0, failed: 0, lastStatus: 0, lastError: '' };
  const warnings = new Set<string>();
  const users = new Set<number>();
  const ports = new Map<string, number>();
  const starts = new Map<number, Nanos>();
  const opened = clock.now();
  let summary: Ledger['summary'];
  /** All requests below this number are recorded; the last of them began at `knownUntil`. */
  let next = 0;
  let knownUntil = opened;
  /** How far k6's clock is behind the harness's, as far as that is known. */
  let behind = 0;
  let told = Number.POSITIVE_INFINITY;
  let unreadable: { first: string; lines: number } | undefined;

  const gap = (from: Nanos, to: Nanos, reason: string) =>
    append({ type: 'gap', t: clock.now(), source: `requests:${lane}`, from, to, reason });

  function closeGap(): void {
    if (unreadable === undefined) return;
    const { first, lines } = unreadable;
    unreadable = undefined;
    gap(
      knownUntil,
      clock.now(),
      `${lines} line${lines === 1 ? '' : 's'} of k6's output could not be read, the first: ${first.slice(0, 200)}`,
    );
  }

  function advance(seq: number, t: Nanos): void {
    starts.set(seq, t);
    // `starts` keeps only what lies above the mark: the requests in flight beside a slow one.
    for (let start = starts.get(next); start !== undefined; start = starts.get(next)) {
      starts.delete(next);
      knownUntil = Math.max(knownUntil, start);
      next += 1;
    }
  }

  return {
    counts,
    get warnings() {
      return [...warnings];
    },
    get users() {
      return users.size;
    },
    get summary() {
      return summary;
    },
    read(line) {
      if (line.trim() === '') return;
      const said = readLine(line, { toNanos: (unixMs) => clock.toNanos(unixMs) + behind });
      if (said.type === 'unreadable') {
        unreadable = { first: unreadable?.first ?? line, lines: (unreadable?.lines ?? 0) + 1 };
        if (warnings.size < MOST_WARNINGS) warnings.add(line.slice(0, 500));
        return;
      }
      if (said.type === 'time') {
        // What comes quickest has been on its way for the shortest time: the error is no more than that.
        told = Math.min(told, clock.now() - clock.toNanos(said.unixMs));
        behind = told;
      }
      if (said.type === 'summary') summary = said;
      if (said.type === 'warning' && warnings.size < MOST_WARNINGS) warnings.add(said.text);
      if (said.type === 'failure' && said.localPort !== undefined) ports.set(said.request, said.localPort);
      if (said.type !== 'request') return;

      closeGap();
      if (said.seq < next || starts.has(said.seq)) return;
      const localPort = ports.get(said.request.request);
      ports.delete(said.request.request);
      append(localPort === undefined ? said.request : { ...said.request, localPort });
      users.add(said.user);
      advance(said.seq, said.request.t);
      const { status, error } = said.request;
      counts.sent += 1;
      if (status < 200 || status > 399) counts.failed += 1;
      counts.lastStatus = status;
      counts.lastError = error;
    },
    completeUpTo: (t) => knownUntil >= t,
    blindUntil: (to, reason) => void gap(Math.min(knownUntil, to), to, reason),
    end: closeGap,
  };
}
