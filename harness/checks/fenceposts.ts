import type { DeploymentState } from '../history/replay.ts';
import type { Nanos } from '../history/types.ts';

export interface Fenceposts {
  /** Pods that may exist beyond the wanted number. */
  surge: number;
  /** Pods that may be missing. */
  unavailable: number;
}

/**
 * maxSurge and maxUnavailable as the controller resolves them: the first rounds up, the second down; were both 0, no
 * roll could move, so one may be unavailable (ResolveFenceposts in Kubernetes' pkg/controller/deployment/util).
 * Recreate takes all down: everything may be unavailable.
 */
export function fenceposts({ replicas, strategy, maxSurge, maxUnavailable }: DeploymentState): Fenceposts {
  if (strategy === 'Recreate') return { surge: 0, unavailable: replicas };
  const surge = resolve(maxSurge, replicas, Math.ceil);
  const unavailable = resolve(maxUnavailable, replicas, Math.floor);
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas) };
}

function resolve(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  // An IntOrString that is a string is a percentage: the apiserver takes no other.
  return round((Number.parseFloat(value) * replicas) / 100);
}

/** What is looked at, at one instant, to tell which numbers hold. */
interface Seen {
  t: Nanos;
  deployment: DeploymentState;
  /**
   * Pods that are available and will stay: of each ReplicaSet no more than its `spec.replicas`, and no more than it knows
   * of. A pod that has become available without that is taken away as not healthy (cleanupUnhealthyReplicas in
   * Kubernetes' rolling.go).
   */
  kept: number;
  /** Pods that are available. */
  available: number;
  /** A ReplicaSet still counts more as available than are. */
  overrated: boolean;
  /** Σ `spec.replicas` of all ReplicaSets. */
  wanted: number;
  /** Pods that the scenario itself has deleted up to now. */
  deleted: number;
}

/**
 * The floor (R − U) and the ceiling (R + G) as they hold from instant to instant. While R, or what may surge or be
 * missing, changes: until the new numbers are reached, the floor is the lowest of those since, the ceiling the highest.
 * They are reached once the controller has seen them and the workload keeps to them. The floor is lower by the pods that
 * the scenario has deleted itself, until they are made up for.
 */
export function limits(): (seen: Seen) => { floor: number; ceiling: number } {
  let floors: number[] = [];
  let ceilings: number[] = [];
  const missing = deletions();
  return (seen) => {
    const { deployment, kept, wanted } = seen;
    const { replicas, observedGeneration, generation } = deployment;
    const { surge, unavailable } = fenceposts(deployment);
    const [floor, ceiling] = [replicas - unavailable, replicas + surge];
    const obeyed = observedGeneration >= generation;
    floors = obeyed && kept >= floor ? [floor] : [...new Set([...floors, floor])];
    ceilings = obeyed && wanted <= ceiling ? [ceiling] : [...new Set([...ceilings, ceiling])];
    const lowest = Math.min(...floors);
    return { floor: Math.max(0, lowest - missing(seen, lowest)), ceiling: Math.max(...ceilings) };
  };
}

/** For so long after a deletion the controller may still act on what it knew before. */
const UNKNOWN_NANOS: Nanos = 1e9;

/**
 * How many of the deleted pods are missing: as many as the floor lacks, and never more than before. Up to then all of
 * them, also where enough others are available, as long as the controller may not know of it: it may just be taking one
 * away because of a pod that is gone.
 */
function deletions(): (seen: Seen, floor: number) => number {
  let missing = 0;
  let counted = 0;
  let since: Nanos = 0;
  let before: { lacking: number; knows: boolean } | undefined;
  return ({ t, deployment, kept, available, overrated, deleted }, floor) => {
    if (before?.knows && t - since >= UNKNOWN_NANOS) missing = Math.min(missing, before.lacking);
    if (deleted > counted) {
      missing += deleted - counted;
      [counted, since] = [deleted, t];
    }
    before = { lacking: Math.max(0, floor - kept), knows: !overrated && deployment.status.available <= available };
    return missing;
  };
}
