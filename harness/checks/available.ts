import type { Moment, PodState } from '../history/replay.ts';
import type { Nanos } from '../history/types.ts';

/**
 * From when on a pod that stays as it is counts as available, as IsPodAvailable in Kubernetes' pkg/api/v1/pod has it:
 * minReadySeconds (its own ReplicaSet's) after the lastTransitionTime of its condition Ready, which has whole seconds.
 * Never (Infinity) for one that is not ready.
 */
export function availableFrom(
  { ready, readySinceMs, owner }: PodState,
  { replicaSets, deployment }: Pick<Moment, 'replicaSets' | 'deployment'>,
  epochMs: number,
): Nanos {
  if (!ready) return Number.POSITIVE_INFINITY;
  const seconds = replicaSets.get(owner)?.minReadySeconds ?? deployment?.minReadySeconds ?? 0;
  if (seconds === 0) return Number.NEGATIVE_INFINITY;
  return readySinceMs === 0 ? Number.POSITIVE_INFINITY : (readySinceMs - epochMs + seconds * 1000) * 1e6;
}

export const isAvailable = (
  pod: PodState,
  moment: Pick<Moment, 'replicaSets' | 'deployment'>,
  t: Nanos,
  epochMs: number,
): boolean => !pod.terminating && availableFrom(pod, moment, epochMs) <= t;
