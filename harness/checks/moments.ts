import type { Moment } from '../history/replay.ts';
import { replay } from '../history/replay.ts';
import { judgedSpan, type ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { fenceposts, replicaBounds } from './fenceposts.ts';

/** What the checks count at one watch event. */
export interface Count {
  t: Nanos;
  /** Id of the observation. */
  id: string;
  kind: string;
  /** Ready, not being deleted. */
  ready: number;
  /** Ready for at least minReadySeconds, not being deleted. */
  available: number;
  /** All that exist, terminating ones too. */
  pods: number;
  terminating: number;
  endpoints: number;
  /** `spec.replicas` of the old ReplicaSets together, and of the new one. */
  old: number;
  new: number;
  oldPods: number;
  floor: number;
  ceiling: number;
  replicas: number;
  generation: number;
  rolled: boolean;
}

/**
 * The counts at every watch event of the judged span, preceded by the state at the trigger. Empty where the transition
 * never began or the Deployment was never seen.
 */
export function counts(history: ScenarioHistory): Count[] {
  const span = judgedSpan(history);
  if (span === undefined) return [];
  const newUid = newReplicaSet(history);
  const floorWanted = history.started?.expectation.floor;
  const bounds = replicaBounds();
  const result: Count[] = [];
  let before: Count | undefined;
  for (const moment of replay(history)) {
    if (moment.t >= span.to) break;
    if (moment.deployment === undefined) continue;
    const count = countAt(moment, newUid, history.epochMs, bounds(moment.deployment), floorWanted);
    if (moment.t < span.from) before = count;
    else {
      if (before !== undefined) result.push({ ...before, t: span.from });
      before = undefined;
      result.push(count);
    }
  }
  if (before !== undefined) result.push({ ...before, t: span.from });
  return result;
}

/**
 * The ReplicaSet that the transition rolls to: the one with the highest revision, if it rose after the trigger. By uid,
 * never by age: going back to an old template reuses its old ReplicaSet under a new revision.
 */
export function newReplicaSet(history: ScenarioHistory): string | undefined {
  const span = judgedSpan(history);
  if (span === undefined) return undefined;
  let atTrigger = 0;
  let highest = 0;
  let uid: string | undefined;
  for (const { t, replicaSets } of replay(history)) {
    for (const set of replicaSets.values()) {
      if (t < span.from) atTrigger = Math.max(atTrigger, set.revision);
      else if (t < span.to && set.revision > Math.max(atTrigger, highest)) {
        highest = set.revision;
        uid = set.uid;
      }
    }
  }
  return uid;
}

function countAt(
  { t, event, deployment, replicaSets, pods, endpoints }: Moment,
  newUid: string | undefined,
  epochMs: number,
  bounds: { smaller: number; larger: number },
  floorWanted: number | undefined,
): Count {
  const { generation, observedGeneration, replicas, minReadySeconds, status } = deployment!;
  const { surge, unavailable } = fenceposts(deployment!);
  const nowMs = epochMs + t / 1e6;
  let [ready, available, terminating, oldPods] = [0, 0, 0, 0];
  for (const pod of pods.values()) {
    if (pod.owner !== newUid) oldPods += 1;
    if (pod.terminating) terminating += 1;
    else if (pod.ready) {
      ready += 1;
      // As IsPodAvailable counts: whole seconds from the condition's lastTransitionTime.
      if (minReadySeconds === 0 || nowMs - pod.readySinceMs >= minReadySeconds * 1000) available += 1;
    }
  }
  let [old, fresh] = [0, 0];
  for (const set of replicaSets.values()) {
    if (set.uid === newUid) fresh += set.replicas;
    else old += set.replicas;
  }
  return {
    t,
    id: event.id,
    kind: event.kind,
    ready,
    available,
    pods: pods.size,
    terminating,
    endpoints: [...endpoints.values()].filter((endpoint) => endpoint.ready).length,
    old,
    new: fresh,
    oldPods,
    floor: floorWanted ?? Math.max(0, bounds.smaller - unavailable),
    ceiling: bounds.larger + surge,
    replicas,
    generation,
    rolled:
      observedGeneration >= generation &&
      status.updated === replicas &&
      status.replicas === replicas &&
      status.available === replicas,
  };
}
