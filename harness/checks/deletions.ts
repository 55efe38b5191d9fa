import type { Moment } from '../history/replay.ts';
import { type ScenarioHistory, transitionsOf, within } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';

/**
 * How many pods the scenario itself has deleted, as the watches had shown it at an instant. They are those that the
 * actions `delete-pods` name, of transitions that say how many they delete, and no more than that. To be asked in the
 * order of time.
 */
export function deletions(history: ScenarioHistory): (moment: Pick<Moment, 'pods'>, t: Nanos) => number {
  const expected = named(history);
  const there = new Set<string>();
  let deleted = 0;
  return ({ pods }, t) => {
    if (expected.size === 0) return deleted;
    const alive = new Set([...pods.values()].flatMap(({ name, terminating }) => (terminating ? [] : [name])));
    for (const [name, from] of expected) {
      if (alive.has(name)) there.add(name);
      else if (there.has(name)) {
        expected.delete(name);
        // What was taken away before is no deletion of the scenario's.
        if (t >= from) deleted += 1;
      }
    }
    return deleted;
  };
}

/** Pods, by the instant at which their deletion began. */
function named(history: ScenarioHistory): Map<string, Nanos> {
  const result = new Map<string, Nanos>();
  for (const span of transitionsOf(history)) {
    if (span.deletes === undefined) continue;
    const own = history.actions.filter(({ action, ok, t }) => action === 'delete-pods' && ok && within(span, t));
    const names = own.flatMap(({ detail, t }) => namesIn(detail).map((name) => [name, t] as const));
    for (const [name, t] of names.slice(0, span.deletes)) result.set(name, t);
  }
  return result;
}

/** "kubectl delete pod web-7d9-x2 web-7d9-k8": the names at its end. */
const namesIn = (detail: string): string[] => /\bdelete pod ([a-z0-9. -]+)$/.exec(detail)?.[1]?.split(' ') ?? [];
