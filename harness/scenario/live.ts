import type { KubeObject, Observation, Workload } from '../history/types.ts';
import type { LiveView } from './context.ts';

/**
 * The latest state of a workload, kept up to date by its history's observations. It drives the live view and tells the
 * run when a transition has come to its end; it judges nothing.
 */
export interface LiveState {
  see(observation: Observation): void;
  view(step: string): LiveView;
  /** The Deployment is rolled out to `generation` or later, and no pod of it is terminating any more. */
  settled(generation: number): boolean;
  /** Every pod of it has logged that it listens: for services that log evidence. */
  listening(): boolean;
  /** The Deployment is rolled out, as `kubectl rollout status` means it. */
  rolled(generation: number): boolean;
  /** One line for a person: what is, and what it waits for. */
  describe(): string;
}

interface PodState {
  name: string;
  owner: string;
  ready: boolean;
  terminating: boolean;
  waiting: string;
}

export function liveState(workload: Workload, good: [number, number][]): LiveState {
  const pods = new Map<string, PodState>();
  const replicaSets = new Map<string, { replicas: number; hash: string; revision: number }>();
  let deployment: DeploymentState | undefined;
  const listening = new Set<string>();
  let triggered = false;
  let revisionAtTrigger = 0;
  let requests = 0;
  let drops = 0;

  const owned = () => [...pods.values()].filter((pod) => replicaSets.has(pod.owner));
  const wave = (): [number, number] => {
    let [old, fresh] = [0, 0];
    for (const set of replicaSets.values()) {
      if (set.revision > revisionAtTrigger) fresh += set.replicas;
      else old += set.replicas;
    }
    return [old, fresh];
  };

  function rolled(generation: number): boolean {
    if (deployment === undefined) return false;
    const { observedGeneration, replicas, total, updated, available } = deployment;
    return observedGeneration >= generation && updated === replicas && total === replicas && available === replicas;
  }

  return {
    see(observation) {
      if (observation.type === 'marker' && observation.marker === 'trigger') {
        triggered = true;
        revisionAtTrigger = Math.max(0, ...[...replicaSets.values()].map(({ revision }) => revision));
        requests = 0;
        drops = 0;
      } else if (observation.type === 'request' && observation.lane !== 'control') {
        requests += 1;
        if (!isGood(observation.status, observation.errorCode, good)) drops += 1;
      } else if (observation.type === 'server' && observation.event === 'listening') {
        listening.add(observation.pod);
      } else if (observation.type === 'object') {
        const { kind, verb, uid, object } = observation;
        if (kind === 'Pod') upsert(pods, uid, verb, () => podState(object));
        if (kind === 'ReplicaSet' && ownerOf(object)?.name === workload.deployment) {
          upsert(replicaSets, uid, verb, () => replicaSetState(object));
        }
        if (kind === 'Deployment' && observation.name === workload.deployment) deployment = deploymentState(object);
      }
    },
    view(step) {
      const mine = owned();
      return {
        step,
        ...(triggered ? { wave: wave() } : {}),
        ready: mine.filter((pod) => pod.ready && !pod.terminating).length,
        replicas: deployment?.replicas ?? 0,
        terminating: mine.filter((pod) => pod.terminating).length,
        requests,
        drops,
      };
    },
    rolled,
    listening: () => owned().every(({ name }) => listening.has(name)),
    settled: (generation) => rolled(generation) && owned().every((pod) => !pod.terminating),
    describe() {
      if (deployment === undefined) return `the Deployment ${workload.deployment} has not been seen yet`;
      const { updated, available, replicas } = deployment;
      const states = owned()
        .filter((pod) => pod.terminating || !pod.ready)
        .map(
          (pod) =>
            `${pod.name} ${pod.terminating ? 'is terminating' : `is not ready${pod.waiting && ` (${pod.waiting})`}`}`,
        );
      return [`${updated} of ${replicas} pods updated, ${available} available`, ...states].join('; ');
    },
  };
}

function isGood(status: number, errorCode: number, good: [number, number][]): boolean {
  const answered = errorCode === 0 || (errorCode >= 1400 && errorCode < 1600);
  return answered && good.some(([from, to]) => status >= from && status <= to);
}

function upsert<T>(map: Map<string, T>, uid: string, verb: string, make: () => T): void {
  if (verb === 'deleted') map.delete(uid);
  else map.set(uid, make());
}

const ownerOf = (object: KubeObject) => object.metadata?.ownerReferences?.find(({ controller }) => controller);

interface PodStatus {
  conditions?: { type: string; status: string }[];
  containerStatuses?: { state?: { waiting?: { reason?: string } } }[];
}

function podState(object: KubeObject): PodState {
  const status = (object.status ?? {}) as PodStatus;
  return {
    name: object.metadata?.name ?? '',
    owner: ownerOf(object)?.uid ?? '',
    ready: status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    terminating: object.metadata?.deletionTimestamp !== undefined,
    waiting: status.containerStatuses?.map(({ state }) => state?.waiting?.reason ?? '').find(Boolean) ?? '',
  };
}

function replicaSetState(object: KubeObject) {
  return {
    replicas: (object.spec as { replicas?: number } | undefined)?.replicas ?? 0,
    hash: object.metadata?.labels?.['pod-template-hash'] ?? '',
    revision: Number(object.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
  };
}

interface DeploymentState {
  replicas: number;
  observedGeneration: number;
  total: number;
  updated: number;
  available: number;
}

function deploymentState(object: KubeObject): DeploymentState {
  const spec = (object.spec ?? {}) as { replicas?: number };
  const status = (object.status ?? {}) as Record<string, number | undefined>;
  return {
    replicas: spec.replicas ?? 1,
    observedGeneration: status.observedGeneration ?? 0,
    total: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  };
}
