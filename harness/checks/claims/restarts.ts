import { objectsOf, type ScenarioHistory, type TransitionSpan, transitionsOf, within } from '../../history/select.ts';
import type { Nanos, ObjectSeen } from '../../history/types.ts';
import { counts } from '../moments.ts';
import { newReplicaSet } from '../new-replica-set.ts';
import { define } from './measure.ts';
import { type NewPod, newPods } from './pods.ts';

/**
 * A new version that fails its liveness probe is not rolled out: not known where the kubelet restarted no container of it
 * for that. In the first transition.
 */
export const livenessHoldsBack = define('liveness-holds-back', (history) => {
  const [span] = transitionsOf(history);
  const own = span && newPods(history, span);
  if (span === undefined || own === undefined)
    return { holds: undefined, figures: 'no new ReplicaSet was seen', examined: 0, witnesses: [] };
  const after = (t: Nanos) => `${((t - span.from) / 1e9).toFixed(1)} s`;
  const killed = killings(history, span, own);
  const restarts = [...own.values()].map((pod) => pod.restarts);
  const total = restarts.reduce((sum, one) => sum + one, 0);
  const target = newReplicaSet(history, span)!;
  const complete = counts(history).find((one) => one.transition === 0 && one.rolled && one.newest.uid === target.uid);
  const before = complete === undefined ? killed : killed.filter(({ t }) => t < complete.t);
  const earlier = complete === undefined ? '' : ` (${before.length} of them before that)`;
  const found = `containers of the new version were found dead ${killed.length} times${earlier} and restarted ${total} times, in one pod ${Math.max(0, ...restarts)} times at most`;
  return {
    holds: complete === undefined,
    figures:
      complete === undefined
        ? `not complete when it ended, after ${after(span.to)}; ${found}`
        : `complete ${after(complete.t)} after the trigger; ${found}`,
    examined: killed.length,
    witnesses: [...(complete === undefined ? [] : [complete.id]), ...killed.map(({ id }) => id)],
  };
});

/** Each time the first transition scales old pods down, as many new ones had been ready before it as old ones go in all. */
export const readinessGuides = define('readiness-guides', (history) => {
  const [span] = transitionsOf(history);
  const ready = span === undefined ? [] : [...(newPods(history, span)?.values() ?? [])];
  const order = ready.flatMap((pod) => (pod.ready === undefined ? [] : [pod.ready])).sort((a, b) => a - b);
  const own = counts(history).filter(({ transition }) => transition === 0);
  const first = own[0]?.old ?? 0;
  const steps = own.filter((one, i) => i > 0 && one.old < own[i - 1]!.old);
  const waits = steps.map((step) => {
    const needed = order[first - step.old - 1];
    return { step, ms: needed === undefined || needed > step.t ? undefined : (step.t - needed) / 1e6 };
  });
  const early = waits.filter(({ ms }) => ms === undefined);
  return {
    holds: early.length === 0,
    figures:
      early.length === 0
        ? `${steps.length} steps, ${waits.map(({ ms }) => ms!.toFixed(0)).join(', ')} ms after one more new pod was first ready`
        : `${early.length} of ${steps.length} steps came before as many new pods had been ready`,
    examined: steps.length,
    witnesses: (early.length === 0 ? waits : early).map(({ step }) => step.id),
  };
});

/** The kubelet's words: "Container app failed liveness probe, will be restarted". */
function killings(history: ScenarioHistory, span: TransitionSpan, pods: Map<string, NewPod>): ObjectSeen[] {
  return objectsOf(history, 'Event').filter(({ verb, t, object }) => {
    if (verb === 'deleted' || !within(span, t)) return false;
    const { reason, message, involvedObject } = object as {
      reason?: string;
      message?: string;
      involvedObject?: { name?: string };
    };
    return reason === 'Killing' && (message?.includes('liveness') ?? false) && pods.has(involvedObject?.name ?? '');
  });
}
