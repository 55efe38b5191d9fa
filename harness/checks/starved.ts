import { perHistory } from '../history/per-history.ts';
import { type Judged, judgedSpan, ofType, type ScenarioHistory } from '../history/select.ts';
import { between } from '../history/sorted.ts';
import type { Nanos } from '../history/types.ts';

/**
 * Share of the judged span in which something that could run waited for a processor (PSI, `some`), 0..1; undefined where
 * that was not measured, or for too short.
 */
export function processorWait(history: ScenarioHistory): number | undefined {
  const span = judgedSpan(history);
  return span && waitIn(history, span);
}

/** Of fewer seconds nobody knows. */
const LEAST = 5;

function waitIn(history: ScenarioHistory, { from, to }: Judged): number | undefined {
  const own = between(samples(history), from, to);
  return own.length < LEAST ? undefined : own.reduce((sum, { wait }) => sum + wait, 0) / own.length;
}

const samples = perHistory((history: ScenarioHistory) =>
  ofType(history, 'self')
    .flatMap(({ t, cpuPressure }) => (cpuPressure === undefined ? [] : [{ t, wait: cpuPressure }]))
    .sort((a, b) => a.t - b.t),
);

/**
 * Measured on 2 cores: 0.18 to 0.58 over whole rolls on a machine that does nothing else, 0.92 and more where all cores
 * were busy with something else besides.
 */
export const STARVED = 0.9;

export const starved = (history: ScenarioHistory): boolean => (processorWait(history) ?? 0) >= STARVED;

/** To each side of an instant. */
const NEARBY: Nanos = 5e9;

/**
 * So it was all along, or in the ten seconds about an instant: what ran out of time then may have done so for want of a
 * processor. Where the whole span is starved, a moment that is a little better does not undo it: what had to wait before is
 * still worked off then. (Measured: a sound service on 2 cores that waited for 91% of six transitions, and whose probes
 * timed out in seconds of 73 to 87%.)
 */
export const starvedAt = (history: ScenarioHistory, t: Nanos): boolean =>
  starved(history) || (waitIn(history, { from: t - NEARBY, to: t + NEARBY }) ?? 0) >= STARVED;
