import { replay } from '../history/replay.ts';
import { judgedSpan, ofType, type ScenarioHistory, within } from '../history/select.ts';
import type { Nanos, ProbeSeen } from '../history/types.ts';

/** A pod that the API called ready did not answer its direct calls. */
export interface HiddenFlip {
  pod: string;
  /** Of the first call that failed, and of the last. */
  from: Nanos;
  to: Nanos;
  /** Calls in a row that failed. */
  calls: number;
  /** Of the last of them: "status 503", "timeout". */
  last: string;
}

/** One lost call may be the network's; two are the pod's. */
const LEAST_CALLS = 2;

/**
 * Where a pod that the API calls ready, and is not being deleted, fails two direct calls of its readiness endpoint on end
 * or more: what the kubelet has not said yet, or never says because it calls more rarely than that. It supports what else
 * is found; nothing is judged by it.
 */
export function hiddenFlips(history: ScenarioHistory): HiddenFlip[] {
  const readyAt = readiness(history);
  const flips: HiddenFlip[] = [];
  const open = new Map<string, HiddenFlip>();
  const span = judgedSpan(history);
  const calls = ofType(history, 'probe').filter(({ t }) => span !== undefined && within(span, t));
  for (const call of calls.sort((a, b) => a.t - b.t)) {
    const { pod, t } = call;
    if (succeeded(call) || !readyAt(pod, t)) {
      open.delete(pod);
      continue;
    }
    const flip = open.get(pod) ?? { pod, from: t, to: t, calls: 0, last: '' };
    open.set(pod, flip);
    flip.to = t;
    flip.calls += 1;
    flip.last = call.error ?? `status ${call.status}`;
    if (flip.calls === LEAST_CALLS) flips.push(flip);
  }
  return flips;
}

export const tellFlips = (flips: HiddenFlip[]): string[] =>
  flips.map(
    ({ pod, from, to, calls, last }) =>
      `${pod}, which the API called ready, failed ${calls} direct calls from ${(from / 1e9).toFixed(3)} s to ${(to / 1e9).toFixed(3)} s (${last})`,
  );

/** As the kubelet counts. */
const succeeded = ({ status, error }: ProbeSeen): boolean => error === undefined && status >= 200 && status < 400;

/** Whether the API called a pod ready, and not terminating, at an instant. */
function readiness(history: ScenarioHistory): (pod: string, t: Nanos) => boolean {
  const changes = new Map<string, { t: Nanos; ready: boolean }[]>();
  for (const { t, event, pods } of replay(history)) {
    if (event.kind !== 'Pod') continue;
    const pod = pods.get(event.uid);
    const list = changes.get(event.name) ?? [];
    list.push({ t, ready: pod?.ready === true && !pod.terminating });
    changes.set(event.name, list);
  }
  return (pod, at) => changes.get(pod)?.findLast(({ t }) => t <= at)?.ready ?? false;
}
