import { type Moment, replay } from './replay.ts';
import type { ScenarioHistory } from './select.ts';
import type { Nanos, ServerLog } from './types.ts';

/** The life of one pod as instants; undefined is "not seen". Instants of the API are those of the watch's receipt. */
export interface PodLife {
  uid: string;
  name: string;
  ip: string;
  owner: string;
  seen: Nanos;
  firstReady?: Nanos;
  /** The Service's slice first said ready. */
  endpointReady?: Nanos;
  /** deletionTimestamp was first seen. */
  deleted?: Nanos;
  /** The slice first said not ready, or no longer named the pod, after it had been ready. */
  endpointRemoved?: Nanos;
  gone?: Nanos;
  gracePeriodSeconds: number;
  restarts: number;
  hasReadinessProbe: boolean;
  hasPreStop: boolean;
  exitCode?: number;
  /** What the service itself logged, where it logs evidence. */
  listening?: Nanos;
  sigterm?: Nanos;
  exit?: Nanos;
  /** When the last of its containers ended, as the kubelet reported it (whole seconds). */
  finished?: Nanos;
}

export function podLives(history: ScenarioHistory): PodLife[] {
  const lives = new Map<string, PodLife>();
  for (const moment of replay(history)) {
    seePods(moment, lives, history.epochMs);
    seeEndpoints(moment, lives);
  }
  const byName = new Map([...lives.values()].map((life) => [life.name, life]));
  for (const observation of history.observations) {
    if (observation.type === 'server') seeLog(observation, byName.get(observation.pod));
  }
  return [...lives.values()];
}

function seePods({ t, pods, event }: Moment, lives: Map<string, PodLife>, epochMs: number): void {
  if (event.kind !== 'Pod') return;
  const pod = pods.get(event.uid);
  if (pod === undefined) {
    const life = lives.get(event.uid);
    if (life !== undefined) life.gone ??= t;
    return;
  }
  const life: PodLife = lives.get(pod.uid) ?? {
    uid: pod.uid,
    name: pod.name,
    ip: pod.ip,
    owner: pod.owner,
    seen: t,
    gracePeriodSeconds: pod.gracePeriodSeconds,
    restarts: 0,
    hasReadinessProbe: pod.hasReadinessProbe,
    hasPreStop: pod.hasPreStop,
  };
  lives.set(pod.uid, life);
  life.ip ||= pod.ip;
  life.restarts = pod.restarts;
  life.gracePeriodSeconds =
    pod.terminating && pod.gracePeriodSeconds === 0 ? life.gracePeriodSeconds : pod.gracePeriodSeconds;
  if (pod.ready) life.firstReady ??= t;
  if (pod.terminating) life.deleted ??= t;
  if (pod.exit !== undefined) {
    life.exitCode = pod.exit.code;
    life.finished = Math.round((pod.exit.finishedMs - epochMs) * 1e6);
  }
}

function seeEndpoints({ t, endpoints, event }: Moment, lives: Map<string, PodLife>): void {
  if (event.kind !== 'EndpointSlice') return;
  for (const life of lives.values()) {
    const ready = endpoints.get(life.uid)?.ready ?? false;
    if (ready) {
      life.endpointReady ??= t;
      life.endpointRemoved = undefined;
    } else if (life.endpointReady !== undefined) life.endpointRemoved ??= t;
  }
}

function seeLog({ event, t }: ServerLog, life: PodLife | undefined): void {
  if (life === undefined) return;
  if (event === 'listening') life.listening ??= t;
  if (event === 'sigterm') life.sigterm ??= t;
  if (event === 'exit') life.exit = t;
}

/** When the pod's process ended, as exactly as is known. */
export const endOf = ({ exit, finished, gone }: PodLife): Nanos | undefined => exit ?? finished ?? gone;
