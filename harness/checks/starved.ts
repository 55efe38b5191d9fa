import { judgedSpan, ofType, type ScenarioHistory, within } from '../history/select.ts';

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
  return waits.length < 5 ? undefined : waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
}

/**
 * Measured on 2 cores: 0.18 to 0.58 over whole rolls on a machine that does nothing else, 0.92 and more where all cores
 * were busy with something else besides.
 */
export const STARVED = 0.9;

export const starved = (history: ScenarioHistory): boolean => (processorWait(history) ?? 0) >= STARVED;
