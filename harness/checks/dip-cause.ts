import { disruptionOf, isNodes } from '../history/objects.ts';
import { type Moment, type PodState, replay } from '../history/replay.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, ObjectSeen } from '../history/types.ts';
import { forWantOfProcessor, saidBefore } from './out-of-time.ts';
import { probeFailures } from './probe-failures.ts';

/** What opened a dip. `scale-down` is the controller's own decision; everything else came on top of the rollout. */
export type DipLabel = 'scale-down' | 'probe' | 'restart' | 'eviction' | 'deletion' | 'not-yet-available' | 'unknown';

export interface DipCause {
  label: DipLabel;
  /** What is known of it, in words and numbers. */
  text: string;
  /** Why it may not be the service's. */
  excuse?: 'no-processor' | 'node';
}

/** Why fewer pods were available from the event of that id on. */
export function causeOf(history: ScenarioHistory, id: string): DipCause {
  let before: ReadonlyMap<string, PodState> = new Map();
  const glimpses = new Map<string, Glimpse>();
  const readySince = new Map<string, Nanos>();
  for (const moment of replay(history)) {
    if (moment.event.id === id)
      return explain(history, moment, { before, glimpses: [...glimpses.values()], readySince });
    noteGlimpse(glimpses, moment, before);
    const { uid } = moment.event;
    if (moment.pods.get(uid)?.ready && !before.get(uid)?.ready) readySince.set(uid, moment.t);
    before = new Map(moment.pods);
  }
  return { label: 'unknown', text: 'nothing that was observed' };
}

/** What was known before the event. */
interface Before {
  before: ReadonlyMap<string, PodState>;
  glimpses: Glimpse[];
  /** By uid. */
  readySince: ReadonlyMap<string, Nanos>;
}

/** A pod that was ready for a moment only. */
interface Glimpse {
  pod: string;
  from: Nanos;
  /** Infinity while it is ready. */
  to: Nanos;
}

/** Longer than the controller takes to count a pod, and to act on it. */
const GLIMPSE: Nanos = 2e9;

function noteGlimpse(
  glimpses: Map<string, Glimpse>,
  { t, event, pods }: Moment,
  before: ReadonlyMap<string, PodState>,
) {
  const { uid, name } = event;
  const [was, now] = [before.get(uid), pods.get(uid)];
  if (now === undefined || now.terminating) glimpses.delete(uid);
  else if (now.ready && was?.ready === false) glimpses.set(uid, { pod: name, from: t, to: Number.POSITIVE_INFINITY });
  else if (!now.ready && was?.ready) {
    const begun = glimpses.get(uid);
    if (begun !== undefined && t - begun.from < GLIMPSE) begun.to = t;
    else glimpses.delete(uid);
  }
}

function explain(history: ScenarioHistory, moment: Moment, { before, glimpses, readySince }: Before): DipCause {
  const { event, pods } = moment;
  const { uid, name } = event;
  const was = before.get(uid);
  const now = pods.get(uid);
  if (event.kind === 'ReplicaSet')
    return {
      label: 'not-yet-available',
      text: `no pod changed, but ${name} now asks for ${moment.replicaSets.get(uid)?.minReadySeconds ?? 0} s of minReadySeconds`,
    };
  if (event.kind !== 'Pod') return { label: 'unknown', text: 'no pod changed: the floor itself rose' };
  const disruption = disruptionOf(event.object);
  if (disruption !== undefined) {
    const text = `${name} was evicted (${disruption})`;
    return isNodes(event.object)
      ? { label: 'eviction', text: `${text}: its node gave it up`, excuse: 'node' }
      : { label: 'eviction', text };
  }
  if (now === undefined || now.terminating)
    return takenAway(name, now ?? was, moment, before, () => onWhoseWord(history, moment, glimpses));
  if (now.restarts > (was?.restarts ?? 0)) return { label: 'restart', text: `${name} restarted` };
  if (now.exit !== undefined && was?.exit === undefined)
    return { label: 'restart', text: `a container of ${name} ended with exit code ${now.exit.code}` };
  if (now.ready) return notYetAvailable(now, was);
  return probed(history, event, readySince.get(uid) ?? 0);
}

/** A ReplicaSet takes a pod away only while it has more than it wants; a scale-down is written before it does. */
function takenAway(
  name: string,
  pod: PodState | undefined,
  { replicaSets }: Moment,
  before: ReadonlyMap<string, PodState>,
  onWhoseWord: () => string,
): DipCause {
  const set = replicaSets.get(pod?.owner ?? '');
  const alive = [...before.values()].filter((one) => one.owner === set?.uid && !one.terminating && !one.ended).length;
  if (set === undefined || alive <= set.replicas)
    return { label: 'deletion', text: `${name} was deleted, and no scale-down had asked for it` };
  const what = `${name} was taken away by the controller's scale-down of ${set.name} to ${set.replicas}`;
  return { label: 'scale-down', text: `${what}${onWhoseWord()}` };
}

/**
 * The controller counts what it was told last. A pod that is ready, and at once not again, has its place in that number
 * all the same. The kubelet makes such ones by itself: seen in a roll of a sound service; Kubernetes' issue 103717 tells of a
 * race of that kind, between a look at the pod and its first probe.
 */
function onWhoseWord(history: ScenarioHistory, { t, pods }: Moment, glimpses: Glimpse[]): string {
  const gone = [...pods.values()].filter(({ ready }) => !ready).map(({ name }) => name);
  const found = glimpses.find(({ pod, to }) => gone.includes(pod) && to <= t && t - to < GLIMPSE);
  if (found === undefined) return '';
  const { pod, from, to } = found;
  const failed = probeFailures(history).some((one) => one.pod === pod && one.t >= from && one.t <= to + 1e9);
  const why = failed ? '' : ', though no probe of it had failed meanwhile';
  return `, which came on the word of ${pod}: ready for ${((to - from) / 1e6).toFixed(0)} ms, and then not again${why}; with minReadySeconds it would not have counted yet`;
}

function notYetAvailable({ name, readySinceMs }: PodState, was: PodState | undefined): DipCause {
  const flipped = was?.ready === true && readySinceMs > was.readySinceMs;
  return {
    label: 'not-yet-available',
    text: `${name} is ready, but not for minReadySeconds${flipped ? ' again: it was not ready for a moment that no watch showed' : ''}`,
  };
}

/** What the kubelet said of the pod's probe since it was ready, and what clients saw of the pod meanwhile. */
function probed(history: ScenarioHistory, { t, name }: ObjectSeen, since: Nanos): DipCause {
  const text = `${name} was ready, then not`;
  const said = saidBefore(history, name, t, since);
  const first = said[0];
  if (first === undefined) return { label: 'probe', text };
  const meanwhile = history.requests.filter((one) => one.pod === name && one.t >= first.t - 1e9 && one.t <= t);
  const slowest = Math.max(0, ...meanwhile.map((one) => (one.end - one.t) / 1e6));
  const why = `the kubelet's probe failed ${said.length} times, the last with "${said.at(-1)!.message}"; of ${meanwhile.length} requests that it answered meanwhile the slowest took ${slowest.toFixed(0)} ms`;
  if (!forWantOfProcessor(history, said)) return { label: 'probe', text: `${text}: ${why}` };
  return {
    label: 'probe',
    text: `${text}: ${why}; the machine had no processor to spare then`,
    excuse: 'no-processor',
  };
}
