import { isGood } from '../checks/good.ts';
import type { WorkloadView } from '../drivers/workload.ts';
import {
  controllerOf,
  type DeploymentState,
  deploymentOf,
  type PodState,
  podOf,
  type ReplicaSetState,
  replicaSetOf,
} from '../history/objects.ts';
import type { KubeObject, ObjectSeen, Observation, Workload } from '../history/types.ts';
import type { LiveView } from './context.ts';

/**
 * The latest state of a workload, kept up to date by its history's observations. It drives the live view and tells the
 * run when a transition has come to its end; it judges nothing.
 */
export interface LiveState {
  see(observation: Observation): void;
  view(step: string): LiveView;
  /** What a driver may wait for. */
  now(): WorkloadView;
  /**
   * The Deployment is rolled out to `generation` or later, and its pods are as many as it wants: none is terminating any
   * more, and none is still to be told of by a watch that is late.
   */
  settled(generation: number): boolean;
  /** Every pod of it has logged that it listens: for services that log evidence. */
  listening(): boolean;
  /** The Deployment is rolled out, as `kubectl rollout status` means it. */
  rolled(generation: number): boolean;
  /** One line for a person: what is, and what it waits for. */
  describe(): string;
}

type Pod = PodState & { waiting: string };

export function liveState(workload: Workload, good: [number, number][]): LiveState {
  const pods = new Map<string, Pod>();
  const replicaSets = new Map<string, ReplicaSetState>();
  /** Their uids, also of those that are gone: their pods may outlive them. */
  const owners = new Set<string>();
  let deployment: DeploymentState | undefined;
  const listening = new Set<string>();
  let triggered = false;
  let revisionAtTrigger = 0;
  let requests = 0;
  let drops = 0;

  const owned = () => [...pods.values()].filter((pod) => owners.has(pod.owner) && (!pod.ended || pod.terminating));
  const newest = () => [...replicaSets.values()].reduce((a, b) => (b.revision > a.revision ? b : a), NONE);

  function rolled(generation: number): boolean {
    if (deployment === undefined) return false;
    const { observedGeneration, replicas, status } = deployment;
    return observedGeneration >= generation && Object.values(status).every((count) => count === replicas);
  }

  function settled(generation: number): boolean {
    const mine = owned();
    return rolled(generation) && mine.length === deployment?.replicas && mine.every(({ terminating }) => !terminating);
  }

  function now(): WorkloadView {
    const all = [...replicaSets.values()].reduce((sum, { replicas }) => sum + replicas, 0);
    const { revision, replicas } = newest();
    const fresh = revision > revisionAtTrigger ? replicas : 0;
    return { old: all - fresh, new: fresh, settled };
  }

  function trigger(kind: string | undefined): void {
    // Scaling makes no new revision: in mid-roll the wave goes on, else what is there is what is scaled.
    if (kind !== 'scale') revisionAtTrigger = newest().revision;
    if (!triggered) [requests, drops] = [0, 0];
    triggered = true;
  }

  function seeObject(event: ObjectSeen): void {
    const { kind, verb, uid, object } = event;
    if (kind === 'Pod') upsert(pods, uid, verb, () => ({ ...podOf(event), waiting: waitingOf(object) }));
    if (kind === 'ReplicaSet' && controllerOf(object)?.name === workload.deployment) {
      owners.add(uid);
      upsert(replicaSets, uid, verb, () => replicaSetOf(event));
    }
    if (kind === 'Deployment' && event.name === workload.deployment)
      deployment = verb === 'deleted' ? undefined : deploymentOf(object);
  }

  return {
    see(observation) {
      if (observation.type === 'marker' && observation.marker === 'trigger') trigger(observation.transition);
      else if (observation.type === 'request' && observation.lane !== 'control') {
        requests += 1;
        if (!isGood(observation, { good })) drops += 1;
      } else if (observation.type === 'server' && observation.event === 'listening') listening.add(observation.pod);
      else if (observation.type === 'object') seeObject(observation);
    },
    view(step) {
      const mine = owned();
      const { old, new: fresh } = now();
      return {
        step,
        ...(triggered ? { wave: [old, fresh] } : {}),
        ready: mine.filter((pod) => pod.ready && !pod.terminating).length,
        replicas: deployment?.replicas ?? 0,
        terminating: mine.filter((pod) => pod.terminating).length,
        requests,
        drops,
      };
    },
    now,
    rolled,
    listening: () => owned().every(({ name }) => listening.has(name)),
    settled,
    describe() {
      if (deployment === undefined) return `the Deployment ${workload.deployment} has not been seen yet`;
      const { status, replicas } = deployment;
      const states = owned()
        .filter((pod) => pod.terminating || !pod.ready)
        .map(
          (pod) =>
            `${pod.name} ${pod.terminating ? 'is terminating' : `is not ready${pod.waiting && ` (${pod.waiting})`}`}`,
        );
      return [`${status.updated} of ${replicas} pods updated, ${status.available} available`, ...states].join('; ');
    },
  };
}

const NONE = { revision: 0, replicas: 0 };

function upsert<T>(map: Map<string, T>, uid: string, verb: ObjectSeen['verb'], make: () => T): void {
  if (verb === 'deleted') map.delete(uid);
  else map.set(uid, make());
}

/** Why a container of it does not run yet: "ImagePullBackOff". */
function waitingOf(object: KubeObject): string {
  const { containerStatuses } = (object.status ?? {}) as {
    containerStatuses?: { state?: { waiting?: { reason?: string } } }[];
  };
  return containerStatuses?.map(({ state }) => state?.waiting?.reason ?? '').find(Boolean) ?? '';
}
