import type { DeploymentState } from '../history/replay.ts';

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
  const percent = Number(value.replace(/%$/, ''));
  return value.endsWith('%') ? round((percent * replicas) / 100) : percent;
}

/** What is looked at, at one instant, to tell which numbers hold. */
interface Seen {
  deployment: DeploymentState;
  /** Pods that are available and will stay: of each ReplicaSet no more than its `spec.replicas`. */
  kept: number;
  /** Σ `spec.replicas` of all ReplicaSets. */
  wanted: number;
}

/**
 * The floor (R − U) and the ceiling (R + G) as they hold from instant to instant. While R, or what may surge or be
 * missing, changes: until the new numbers are reached, the floor is the lowest of those since, the ceiling the highest.
 * They are reached once the controller has seen them and the workload keeps to them.
 */
export function limits(): (seen: Seen) => { floor: number; ceiling: number } {
  let floors: number[] = [];
  let ceilings: number[] = [];
  return ({ deployment, kept, wanted }) => {
    const { replicas, observedGeneration, generation } = deployment;
    const { surge, unavailable } = fenceposts(deployment);
    const [floor, ceiling] = [replicas - unavailable, replicas + surge];
    const obeyed = observedGeneration >= generation;
    floors = obeyed && kept >= floor ? [floor] : [...new Set([...floors, floor])];
    ceilings = obeyed && wanted <= ceiling ? [ceiling] : [...new Set([...ceilings, ceiling])];
    return { floor: Math.min(...floors), ceiling: Math.max(...ceilings) };
  };
}
