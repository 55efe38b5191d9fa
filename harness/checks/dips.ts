import { podOf } from '../history/objects.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, ObjectSeen } from '../history/types.ts';
import type { Count } from './moments.ts';

/** An interval in which fewer pods were available than the floor allows. */
export interface Dip {
  from: Nanos;
  /** Undefined where it lasts to the end of the span. */
  to: Nanos | undefined;
  /** Fewest available in it. */
  lowest: number;
  floor: number;
  /** Id of the observation that opened it: its witness. */
  witness: string;
  label: DipLabel;
  /** What is known of it, in words and numbers. */
  text: string;
}

/** What opened a dip. `scale-down` is the controller's own decision; everything else came on top of the rollout. */
export type DipLabel = 'scale-down' | 'probe' | 'restart' | 'eviction' | 'deletion' | 'not-yet-available' | 'unknown';

/** A dip goes from the watch event that broke the floor to the one that restored it. */
export function dips(history: ScenarioHistory, all: Count[]): Dip[] {
  const found: Dip[] = [];
  let open: Dip | undefined;
  for (const [index, count] of all.entries()) {
    if (count.available >= count.floor) {
      if (open !== undefined) open.to = count.t;
      open = undefined;
    } else if (open !== undefined) open.lowest = Math.min(open.lowest, count.available);
    else {
      const { label, text } = explain(history, all, index);
      open = {
        from: count.t,
        to: undefined,
        lowest: count.available,
        floor: count.floor,
        witness: count.id,
        label,
        text,
      };
      found.push(open);
    }
  }
  return found;
}

/** So long before a pod is taken away may the ReplicaSet have been scaled down: two watches, two orders. */
const SCALE_DOWN_BEFORE: Nanos = 2e9;

function explain(history: ScenarioHistory, all: Count[], index: number): { label: DipLabel; text: string } {
  const { t, id, old } = all[index]!;
  const event = history.observations.find((one): one is ObjectSeen => one.id === id && one.type === 'object');
  if (event?.kind !== 'Pod')
    return { label: 'unknown', text: 'no pod changed: the floor itself rose, or the span begins in it' };
  const { name } = event;
  const now = podOf(event);
  if (event.verb === 'deleted' || now.terminating) {
    if (disrupted(event)) return { label: 'eviction', text: `${name} was evicted` };
    const near = all.filter((one) => Math.abs(one.t - t) < SCALE_DOWN_BEFORE);
    const scaledDown = near.some((one, i) => i > 0 && one.old < near[i - 1]!.old) || near.some((one) => one.old > old);
    return scaledDown
      ? { label: 'scale-down', text: `${name} was taken away by the controller's scale-down` }
      : { label: 'deletion', text: `${name} was deleted, and no scale-down had asked for it` };
  }
  const before = stateBefore(history, event);
  if (before !== undefined && now.restarts > before.restarts) return { label: 'restart', text: `${name} restarted` };
  if (now.exit !== undefined)
    return { label: 'restart', text: `a container of ${name} ended with exit code ${now.exit.code}` };
  if (now.ready) return { label: 'not-yet-available', text: `${name} is ready, but not for minReadySeconds` };
  return { label: 'probe', text: `${name} was ready, then not${probeWords(history, event)}` };
}

function stateBefore(history: ScenarioHistory, event: ObjectSeen): ReturnType<typeof podOf> | undefined {
  const earlier = history.observations.filter(
    (one): one is ObjectSeen => one.type === 'object' && one.uid === event.uid && one.t < event.t,
  );
  const last = earlier.at(-1);
  return last === undefined ? undefined : podOf(last);
}

/** Set by whoever evicts: kubectl drain, preemption, node pressure, taints. */
function disrupted({ object }: ObjectSeen): boolean {
  const { conditions } = (object.status ?? {}) as { conditions?: { type: string; status: string }[] };
  return conditions?.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True') ?? false;
}

/** Three failures of a probe with the default period of 10 s, and its time-out. */
const PROBES_BEFORE: Nanos = 35e9;

/** What the kubelet said of the pod's probe, and what clients saw of the pod meanwhile. */
function probeWords(history: ScenarioHistory, { t, name }: ObjectSeen): string {
  const said = probeFailures(history).filter(
    (one) => one.pod === name && one.t <= t + 2e9 && one.t > t - PROBES_BEFORE,
  );
  const first = said[0];
  if (first === undefined) return '';
  const meanwhile = history.requests.filter((one) => one.pod === name && one.t >= first.t - 1e9 && one.t <= t);
  const slowest = Math.max(0, ...meanwhile.map((one) => (one.end - one.t) / 1e6));
  return `: the kubelet's probe failed ${said.length} times, the last with "${said.at(-1)!.message}"; of ${meanwhile.length} requests that it answered meanwhile the slowest took ${slowest.toFixed(0)} ms`;
}

export interface ProbeFailure {
  t: Nanos;
  id: string;
  namespace: string;
  pod: string;
  message: string;
}

/** The kubelet's `Unhealthy` events. They are repeated as `count` rises; each repetition is one. */
export function probeFailures(history: ScenarioHistory): ProbeFailure[] {
  return history.observations.flatMap((one) => {
    if (one.type !== 'object' || one.kind !== 'Event' || one.verb === 'deleted') return [];
    const { reason, message, involvedObject } = one.object as {
      reason?: string;
      message?: string;
      involvedObject?: { name?: string };
    };
    if (reason !== 'Unhealthy') return [];
    const { t, id, namespace } = one;
    return [{ t, id, namespace, pod: involvedObject?.name ?? '', message: message ?? '' }];
  });
}
