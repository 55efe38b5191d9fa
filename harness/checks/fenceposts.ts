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
  const unavailable = Math.min(resolve(maxUnavailable, replicas, Math.floor), replicas);
  return surge === 0 && unavailable === 0 ? { surge: 0, unavailable: 1 } : { surge, unavailable };
}

function resolve(value: number | string, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = Number(value.replace(/%$/, ''));
  return value.endsWith('%') ? round((percent * replicas) / 100) : percent;
}

/**
 * How R counts while it changes: until the new R is reached, the floor takes the smaller of the two, the ceiling the
 * larger.
 */
export function replicaBounds(): (deployment: DeploymentState) => { smaller: number; larger: number } {
  let current: number | undefined;
  let previous: number | undefined;
  return ({ replicas, status }) => {
    if (current !== undefined && replicas !== current) previous = current;
    current = replicas;
    if (status.replicas === replicas && status.available >= replicas) previous = undefined;
    return { smaller: Math.min(replicas, previous ?? replicas), larger: Math.max(replicas, previous ?? replicas) };
  };
}
