import { ofType, requestsIn, type ScenarioHistory } from '../history/select.ts';
import type { FaultSeen, Nanos, Observation, RequestSeen } from '../history/types.ts';
import { isGood } from './good.ts';
import { type ProbeFailure, probeFailures } from './probe-failures.ts';

/** A span in which a witness proves nothing. */
export interface FaultSpan {
  from: Nanos;
  to: Nanos;
  /** Only what watches showed: the load runs by itself, and its records stand. */
  watchedOnly?: true;
}

/** Around a loss that the control service shares, the machine, not the rollout, may be to blame: milliseconds to each side. */
const SHARED_FAULT_MS = 1_000;

/**
 * Recorded faults, losses of the control lane, and failed probes of the control service's pod (which nobody rolls either).
 */
export function faultSpans(history: ScenarioHistory): FaultSpan[] {
  const shared = [...controlLost(history), ...controlProbes(history).map(({ t }) => ({ t, end: t }))];
  return [
    ...recordedFaults(history).map(
      ({ source, from, to }): FaultSpan => (source === 'harness' ? { from, to, watchedOnly: true } : { from, to }),
    ),
    ...shared.map(({ t, end }) => ({ from: t - SHARED_FAULT_MS * 1e6, to: end + SHARED_FAULT_MS * 1e6 })),
  ];
}

/** A request that takes long is lost where it ends, not where it began. */
export function liesIn(witness: Observation, { from, to, watchedOnly }: FaultSpan): boolean {
  if (watchedOnly && witness.type !== 'object') return false;
  const inside = (t: Nanos) => t >= from && t <= to;
  return inside(witness.t) || (witness.type === 'request' && inside(witness.end));
}

export const recordedFaults = (history: ScenarioHistory): FaultSeen[] => ofType(history, 'fault');

/** Requests to the service that is never rolled, without a good answer. */
export function controlLost(history: ScenarioHistory): RequestSeen[] {
  const { started } = history;
  return started === undefined ? [] : requestsIn(history, 'control').filter((one) => !isGood(one, started.load));
}

/** Only the control service's namespace is watched besides the workload's own. */
export function controlProbes(history: ScenarioHistory): ProbeFailure[] {
  const own = history.started?.workload.namespace;
  return probeFailures(history).filter(({ namespace }) => namespace !== own);
}
