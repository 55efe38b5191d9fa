import { type Moment, type PodState, replay } from '../../history/replay.ts';
import type { ScenarioHistory, TransitionSpan } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';
import { newReplicaSet } from '../new-replica-set.ts';

/** The workload as it was known to be at an instant. Undefined where nothing had been seen. */
export function stateAt(history: ScenarioHistory, t: Nanos): Moment | undefined {
  let last: Moment | undefined;
  for (const moment of replay(history)) {
    if (moment.t > t) break;
    last = { ...moment, pods: new Map(moment.pods), replicaSets: new Map(moment.replicaSets) };
  }
  return last;
}

/** Pods that are there to serve: neither being deleted nor ended for good. */
export const alive = ({ pods }: Moment): PodState[] =>
  [...pods.values()].filter(({ terminating, ended }) => !terminating && !ended);

export interface NewPod {
  /** First seen to be ready. */
  ready: Nanos | undefined;
  restarts: number;
}

/** The pods of the ReplicaSet that a transition rolls to, by name; undefined where it rolls to none. */
export function newPods(history: ScenarioHistory, span: TransitionSpan): Map<string, NewPod> | undefined {
  const target = newReplicaSet(history, span);
  if (!target?.risen) return undefined;
  const found = new Map<string, NewPod>();
  for (const { t, pods } of replay(history)) {
    if (t >= span.to) break;
    for (const { name, owner, ready, restarts } of pods.values()) {
      if (owner !== target.uid) continue;
      const known = found.get(name);
      found.set(name, { ready: known?.ready ?? (ready ? t : undefined), restarts });
    }
  }
  return found;
}
