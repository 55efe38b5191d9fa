import { type ReplicaSetState, replay } from '../history/replay.ts';
import type { Judged, ScenarioHistory } from '../history/select.ts';

export interface NewReplicaSet extends ReplicaSetState {
  /** It came, or came back, after the trigger: its revision is higher than any was before. */
  risen: boolean;
  /** It is the one that was the newest at the trigger: it came back, and what had come meanwhile did not stay. */
  returned: boolean;
}

/**
 * The ReplicaSet that a transition rolls to: of the Deployment that it leads to, the one that had the highest revision
 * at its end. By uid, never by age:
 * going back to an old template reuses its old ReplicaSet under a new revision. Where nothing is rolled it is the one
 * that was the newest at the trigger already.
 */
export function newReplicaSet(
  history: ScenarioHistory,
  { from, to, leadsTo = history.started?.workload.deployment }: Judged & { leadsTo?: string },
): NewReplicaSet | undefined {
  let newest: ReplicaSetState | undefined;
  let before = -1;
  let began: string | undefined;
  for (const { t, replicaSets } of replay(history)) {
    if (t >= to) break;
    for (const set of replicaSets.values())
      if (set.deployment === leadsTo && set.revision > (newest?.revision ?? -1)) newest = set;
    if (t >= from) continue;
    before = newest?.revision ?? -1;
    began = newest?.uid;
  }
  if (newest === undefined) return undefined;
  const risen = newest.revision > before;
  return { ...newest, risen, returned: risen && newest.uid === began };
}
