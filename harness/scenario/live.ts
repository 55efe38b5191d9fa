import { isGood } from '../checks/good.ts';
import type { WorkloadView } from '../drivers/workload.ts';
import {
  controllerOf,
  type DeploymentState,
  deploymentOf,
  type EndpointState,
  endpointsOf,
  type PodState,
  podOf,
  type ReplicaSetState,
  replicaSetOf,
} from '../history/objects.ts';
import type { LoadPlan, MarkerSet, Nanos, ObjectSeen, Observation, RequestSeen, Workload } from '../history/types.ts';
import type { LiveView } from './context.ts';
import { type Waiting, waitingOf } from './waiting.ts';

/**
 * The latest state of a workload, kept up to date by its history's observations. It drives the live view and tells the
 * run when a transition has come to its end; it judges nothing.
 */
export interface LiveState {
  see(observation: Observation): void;
  view(step: string): LiveView;
  /** What a driver may wait for. */
  now(): WorkloadView;
  /** Every pod of it has logged that it listens: for services that log evidence. */
  listening(): boolean;
  /** The Deployment is rolled out to `generation` or later, as `kubectl rollout status` means it. */
  rolled(generation: number): boolean;
  /** A pod of it waits for what will not come. */
  stuck(): boolean;
  /** One line for a person: what is, and what it waits for. */
  describe(): string;
}

type Pod = PodState & { waiting: Waiting | undefined };

export function liveState(workload: Workload, plan: Pick<LoadPlan, 'good' | 'goodMaxMs'>): LiveState {
  const names = [workload.deployment, ...(workload.others ?? [])];
  const pods = new Map<string, Pod>();
  const replicaSets = new Map<string, ReplicaSetState>();
  /** Deployments by their ReplicaSets' uids, also of those that are gone: their pods may outlive them. */
  const owners = new Map<string, string>();
  const deployments = new Map<string, DeploymentState>();
  /** Generations of the workload's own Deployment, with the instants at which they were first seen. */
  const generations = new Map<number, Nanos>();
  const slices = new Map<string, EndpointState[]>();
  /** Deployments of pods, by name, also of those that are gone. */
  const podOwners = new Map<string, string>();
  const judged: RequestSeen[] = [];
  const listening = new Set<string>();
  let triggered = false;
  let target: string | undefined;
  let revisionAtTrigger = 0;
  let requests = 0;
  let drops = 0;

  const owned = () => [...pods.values()].filter((pod) => owners.has(pod.owner) && (!pod.ended || pod.terminating));
  const ofDeployment = (name: string) => owned().filter(({ owner }) => owners.get(owner) === name);
  const newest = () =>
    [...replicaSets.values()]
      .filter(({ deployment }) => deployment === workload.deployment)
      .reduce((a, b) => (b.revision > a.revision ? b : a), NONE);

  function rolled(generation: number, name = workload.deployment): boolean {
    const deployment = deployments.get(name);
    if (deployment === undefined) return false;
    const { observedGeneration, replicas, status } = deployment;
    return observedGeneration >= generation && Object.values(status).every((count) => count === replicas);
  }

  /** Its pods are as many as it wants: none is terminating any more, and none is still to be told of by a watch that is late. */
  function settled(generation: number, name = workload.deployment): boolean {
    const wanted = deployments.get(name)?.replicas;
    return (
      rolled(generation, name) &&
      ofDeployment(name).length === wanted &&
      owned().every(({ terminating }) => !terminating)
    );
  }

  function pair(): { old: number; new: number } {
    const sum = (sets: ReplicaSetState[]) => sets.reduce((total, { replicas }) => total + replicas, 0);
    const sets = [...replicaSets.values()];
    if (target !== undefined) {
      const fresh = sum(sets.filter(({ deployment }) => deployment === target));
      return { old: sum(sets) - fresh, new: fresh };
    }
    const { revision, replicas } = newest();
    const fresh = revision > revisionAtTrigger ? replicas : 0;
    return { old: sum(sets) - fresh, new: fresh };
  }

  function now(): WorkloadView {
    const own = deployments.get(workload.deployment);
    return {
      ...pair(),
      settled,
      stalled: (generation, name = workload.deployment) => {
        const deployment = deployments.get(name);
        return (deployment?.stalled ?? false) && deployment!.observedGeneration >= generation;
      },
      observed: (generation, name = workload.deployment) =>
        (deployments.get(name)?.observedGeneration ?? 0) >= generation,
      changedAt: (generation) => [...generations].find(([one]) => one >= generation)?.[1],
      paused: () => (own?.paused ?? false) && own!.observedGeneration >= own!.generation,
      pods(name) {
        const deployment = deployments.get(name);
        const mine = ofDeployment(name);
        const alive = mine.filter(({ terminating }) => !terminating);
        return (
          deployment && {
            wanted: deployment.replicas,
            ready: alive.filter(({ ready }) => ready).length,
            available: deployment.status.available,
            terminating: mine.length - alive.length,
          }
        );
      },
      endpoints: (name) =>
        [...slices.values()].flat().filter(({ pod, ready }) => ready && podOwners.get(pod) === name).length,
      deploymentOf: (pod) => podOwners.get(pod),
      alive: (pod) => owned().some(({ name, terminating }) => name === pod && !terminating),
      requests: judged,
      isGood: (request) => isGood(request, plan),
    };
  }

  function trigger({ transition, to }: MarkerSet): void {
    target = to;
    // Without a new revision the wave goes on in mid-roll; else what is there is what is scaled, or held.
    if (!SAME_REVISION.has(transition ?? '')) revisionAtTrigger = newest().revision;
    if (!triggered) [requests, drops] = [0, 0];
    triggered = true;
  }

  function seeObject(event: ObjectSeen): void {
    const { kind, verb, uid, object, name } = event;
    const gone = verb === 'deleted';
    if (kind === 'Pod') {
      upsert(pods, uid, verb, () => ({ ...podOf(event), waiting: waitingOf(object) }));
      own(name, controllerOf(object)?.uid);
    }
    const owner = controllerOf(object)?.name ?? '';
    if (kind === 'ReplicaSet' && names.includes(owner)) {
      owners.set(uid, owner);
      for (const pod of pods.values()) own(pod.name, pod.owner);
      upsert(replicaSets, uid, verb, () => replicaSetOf(event));
    }
    if (kind === 'Deployment' && names.includes(name)) {
      upsert(deployments, name, verb, () => deploymentOf(object));
      const generation = object.metadata?.generation ?? 0;
      if (name === workload.deployment && !generations.has(generation)) generations.set(generation, event.t);
    }
    if (kind === 'EndpointSlice' && object.metadata?.labels?.['kubernetes.io/service-name'] === workload.service) {
      if (gone) slices.delete(uid);
      else slices.set(uid, [...endpointsOf(object).values()]);
    }
  }

  function own(pod: string, owner: string | undefined): void {
    const deployment = owners.get(owner ?? '');
    if (deployment !== undefined) podOwners.set(pod, deployment);
  }

  return {
    see(observation) {
      if (observation.type === 'marker' && observation.marker === 'trigger') trigger(observation);
      else if (observation.type === 'request' && observation.lane !== 'control') {
        judged.push(observation);
        requests += 1;
        if (!isGood(observation, plan)) drops += 1;
      } else if (observation.type === 'server' && observation.event === 'listening') listening.add(observation.pod);
      else if (observation.type === 'object') seeObject(observation);
    },
    view(step) {
      const mine = owned();
      const { old, new: fresh } = pair();
      return {
        step,
        ...(triggered ? { wave: [old, fresh] } : {}),
        ready: mine.filter((pod) => pod.ready && !pod.terminating).length,
        replicas: [...deployments.values()].reduce((sum, { replicas }) => sum + replicas, 0),
        terminating: mine.filter((pod) => pod.terminating).length,
        requests,
        drops,
      };
    },
    now,
    rolled,
    stuck: () => owned().some(({ waiting, terminating }) => waiting?.hopeless === true && !terminating),
    listening: () => owned().every(({ name }) => listening.has(name)),
    describe() {
      const deployment = deployments.get(workload.deployment);
      if (deployment === undefined) return `the Deployment ${workload.deployment} has not been seen yet`;
      const { status, replicas } = deployment;
      const states = owned()
        .filter((pod) => pod.terminating || !pod.ready)
        .map(
          (pod) =>
            `${pod.name} ${pod.terminating ? 'is terminating' : `is not ready${pod.waiting === undefined ? '' : ` (${pod.waiting.words})`}`}`,
        );
      return [`${status.updated} of ${replicas} pods updated, ${status.available} available`, ...states].join('; ');
    },
  };
}

const SAME_REVISION: ReadonlySet<string> = new Set(['scale', 'pause', 'resume', 'delete-pods', 'drain']);

const NONE = { revision: 0, replicas: 0 };

function upsert<T>(map: Map<string, T>, key: string, verb: ObjectSeen['verb'], make: () => T): void {
  if (verb === 'deleted') map.delete(key);
  else map.set(key, make());
}
