import type { ScenarioHistory } from './select.ts';

/** Computes something of a history once, however many ask for it. Histories don't change once they are read. */
export function perHistory<T>(compute: (history: ScenarioHistory) => T): (history: ScenarioHistory) => T {
  const known = new WeakMap<ScenarioHistory, { value: T }>();
  return (history) => {
    const found = known.get(history);
    if (found !== undefined) return found.value;
    const value = compute(history);
    known.set(history, { value });
    return value;
  };
}
