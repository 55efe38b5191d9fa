import { perHistory } from '../history/per-history.ts';
import { judgedSpan, ofType, type ScenarioHistory, within } from '../history/select.ts';
import { firstFrom } from '../history/sorted.ts';
import type { Nanos } from '../history/types.ts';

/**
 * Share of the judged span in which something that could run waited for a processor (PSI, `some`), 0..1; undefined where
 * that was not measured, or for too short.
 */
export function processorWait(history: ScenarioHistory): number | undefined {
  const span = judgedSpan(history);
  if (span === undefined) return undefined;
  const waits = ofType(history, 'self').flatMap(({ t, cpuPressure }) =>
    cpuPressure !== undefined && within(span, t) ? [cpuPressure] : [],
  );
  return meanOf(waits);
}

/** Of fewer seconds nobody knows. */
const LEAST = 5;

const meanOf = (waits: number[]): number | undefined =>
  waits.length < LEAST ? undefined : waits.reduce((sum, wait) => sum + wait, 0) / waits.length;

/**
 * Measured on 2 cores: 0.18 to 0.58 over whole rolls on a machine that does nothing else, 0.92 and more where all cores
 * were busy with something else besides.
 */
export const STARVED = 0.9;

export const starved = (history: ScenarioHistory): boolean => (processorWait(history) ?? 0) >= STARVED;

/** To each side of an instant. */
const NEARBY: Nanos = 5e9;

const samples = perHistory((history: ScenarioHistory) =>
  ofType(history, 'self')
    .flatMap(({ t, cpuPressure }) => (cpuPressure === undefined ? [] : [{ t, wait: cpuPressure }]))
    .sort((a, b) => a.t - b.t),
);

/** So it was in the ten seconds about an instant: what ran out of time then may have done so for want of a processor. */
export function starvedAt(history: ScenarioHistory, t: Nanos): boolean {
  const all = samples(history);
  const [from, to] = [t - NEARBY, t + NEARBY].map((end) => firstFrom(all, end, (one) => one.t));
  return (meanOf(all.slice(from, to).map(({ wait }) => wait)) ?? 0) >= STARVED;
}
