import { type Moment, replay } from '../history/replay.ts';
import { type ScenarioHistory, transitionsOf } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { availableFrom, isAvailable } from './available.ts';
import { limits } from './fenceposts.ts';
import { newReplicaSet } from './new-replica-set.ts';

/** What the checks count at one instant. */
export interface Count {
  t: Nanos;
  /** Id of the observation that shows it: of the last one before, where nothing was observed at that instant. */
  id: string;
  kind: string;
  /**
   * What made it an instant to count at: a watch event; a trigger; a pod's minReadySeconds being over, of which no watch
   * tells; the end of a gap (see blind.ts).
   */
  at: 'event' | 'trigger' | 'available' | 'sight';
  /** Index of the transition that it lies in. */
  transition: number;
  /** Ready, not being deleted. */
  ready: number;
  /** Ready for at least minReadySeconds, not being deleted. */
  available: number;
  /** All that exist, terminating ones too, without those that ended for good and nobody deletes (evicted ones). */
  pods: number;
  terminating: number;
  endpoints: number;
  /** `spec.replicas` of the transition's old ReplicaSets together, and of its new one. */
  old: number;
  new: number;
  oldPods: number;
  /** Of the new ReplicaSet, terminating ones not among them. */
  newPods: number;
  /** The ReplicaSet that had the highest revision at that instant. */
  newest: { uid: string; replicas: number };
  floor: number;
  ceiling: number;
  replicas: number;
  generation: number;
  /** The controller has acted on this generation. */
  obeyed: boolean;
  rolled: boolean;
}

/**
 * The counts at every instant of the judged span at which they can change; each transition begins with the state at its
 * trigger. Empty where no transition began or the Deployment was never seen.
 */
export function counts(history: ScenarioHistory): Count[] {
  const transitions = transitionsOf(history);
  const end = transitions.at(-1)?.to;
  if (end === undefined) return [];
  const targets = transitions.map((one) => newReplicaSet(history, one)?.uid);
  const count = counter(history);
  const result: Count[] = [];
  const take = (state: Moment, t: Nanos, at: Count['at']) => {
    const transition = transitions.findLastIndex(({ from }) => from <= t);
    const one = count(state, t, at, transition, targets[transition]);
    if (one !== undefined && transition >= 0) result.push(one);
  };
  const triggers = transitions.map(({ from }) => from);
  let last: Moment | undefined;
  const upTo = (until: Nanos) => {
    for (const { t, at } of last === undefined ? [] : between(last, until, triggers, history.epochMs))
      take(last!, t, at);
  };
  for (const moment of replay(history)) {
    if (moment.t >= end) break;
    upTo(moment.t);
    last = { ...moment, pods: new Map(moment.pods), replicaSets: new Map(moment.replicaSets) };
    take(last, moment.t, 'event');
  }
  upTo(end);
  return result;
}

/** The instants after a moment, before the next one, at which something is to be counted although nothing was observed. */
function between(last: Moment, until: Nanos, triggers: Nanos[], epochMs: number): { t: Nanos; at: Count['at'] }[] {
  const matured = [...last.pods.values()].map((pod) => availableFrom(pod, last, epochMs));
  return [
    ...[...new Set(matured)].filter((t) => t > last.t && t < until).map((t) => ({ t, at: 'available' as const })),
    ...triggers.filter((t) => t > last.t && t <= until).map((t) => ({ t, at: 'trigger' as const })),
  ].sort((a, b) => a.t - b.t);
}

function counter({ epochMs, started }: ScenarioHistory) {
  const limitsAt = limits();
  const floorWanted = started?.expectation.floor;
  return (state: Moment, t: Nanos, at: Count['at'], transition: number, target?: string): Count | undefined => {
    const { event, deployment, endpoints } = state;
    if (deployment === undefined) return undefined;
    const { generation, observedGeneration, replicas, status } = deployment;
    const sets = [...state.replicaSets.values()];
    const pods = [...state.pods.values()].filter(({ ended, terminating }) => !ended || terminating);
    const alive = pods.filter(({ terminating }) => !terminating);
    const available = alive.filter((pod) => isAvailable(pod, state, t, epochMs));
    const wanted = sets.reduce((sum, set) => sum + set.replicas, 0);
    const fresh = sets.find(({ uid }) => uid === target)?.replicas ?? 0;
    const newest = sets.reduce((a, b) => (b.revision > a.revision ? b : a), { uid: '', revision: -1, replicas: 0 });
    const kept = sets.reduce(
      (sum, { uid, replicas }) => sum + Math.min(replicas, available.filter(({ owner }) => owner === uid).length),
      0,
    );
    const { floor, ceiling } = limitsAt({ deployment, kept, wanted });
    return {
      t,
      id: event.id,
      kind: event.kind,
      at,
      transition,
      ready: alive.filter(({ ready }) => ready).length,
      available: available.length,
      pods: pods.length,
      terminating: pods.length - alive.length,
      endpoints: [...endpoints.values()].filter(({ ready }) => ready).length,
      old: wanted - fresh,
      new: fresh,
      oldPods: pods.filter(({ owner }) => owner !== target).length,
      newPods: alive.filter(({ owner }) => owner === target).length,
      newest: { uid: newest.uid, replicas: newest.replicas },
      floor: floorWanted ?? floor,
      ceiling,
      replicas,
      generation,
      obeyed: observedGeneration >= generation,
      rolled:
        observedGeneration >= generation &&
        status.updated === replicas &&
        status.replicas === replicas &&
        status.available === replicas,
    };
  };
}
