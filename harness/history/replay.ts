import type { ScenarioHistory } from './select.ts';
import type { KubeObject, Nanos, ObjectSeen } from './types.ts';

/** What is known of a pod at one moment. */
export interface PodState {
  uid: string;
  name: string;
  ip: string;
  /** uid of the ReplicaSet that owns it. */
  owner: string;
  ready: boolean;
  /** `lastTransitionTime` of the condition Ready, milliseconds since 1970; whole seconds, as the API has it. */
  readySinceMs: number;
  terminating: boolean;
  gracePeriodSeconds: number;
  restarts: number;
  hasReadinessProbe: boolean;
  hasPreStop: boolean;
  exit: { code: number; finishedMs: number } | undefined;
}

export interface ReplicaSetState {
  uid: string;
  name: string;
  revision: number;
  replicas: number;
}

export interface DeploymentState {
  generation: number;
  observedGeneration: number;
  replicas: number;
  strategy: 'RollingUpdate' | 'Recreate';
  maxSurge: number | string;
  maxUnavailable: number | string;
  minReadySeconds: number;
  status: { replicas: number; updated: number; available: number };
}

export interface EndpointState {
  pod: string;
  ready: boolean;
  serving: boolean;
  terminating: boolean;
}

/** The state of the workload right after one watch event. Its maps are reused: read them before the next moment. */
export interface Moment {
  t: Nanos;
  event: ObjectSeen;
  deployment: DeploymentState | undefined;
  /** Of the Deployment, by uid. */
  replicaSets: ReadonlyMap<string, ReplicaSetState>;
  /** Of those ReplicaSets, by uid. */
  pods: ReadonlyMap<string, PodState>;
  /** Of the Service, by pod uid. */
  endpoints: ReadonlyMap<string, EndpointState>;
}

/** Plays the watch events of a scenario's workload in the order in which they came, and gives the state after each. */
export function* replay(history: ScenarioHistory): Generator<Moment> {
  const workload = history.started?.workload;
  if (workload === undefined) return;
  let deployment: DeploymentState | undefined;
  const replicaSets = new Map<string, ReplicaSetState>();
  const pods = new Map<string, PodState>();
  const slices = new Map<string, Map<string, EndpointState>>();

  for (const event of history.observations) {
    if (event.type !== 'object' || event.namespace !== workload.namespace) continue;
    const { kind, uid, object } = event;
    const gone = event.verb === 'deleted';
    if (kind === 'Deployment' && event.name === workload.deployment)
      deployment = gone ? undefined : deploymentOf(object);
    else if (kind === 'ReplicaSet' && controllerOf(object)?.name === workload.deployment) {
      if (gone) replicaSets.delete(uid);
      else replicaSets.set(uid, replicaSetOf(event));
    } else if (kind === 'Pod' && replicaSets.has(controllerOf(object)?.uid ?? '')) {
      if (gone) pods.delete(uid);
      else pods.set(uid, podOf(event));
    } else if (
      kind === 'EndpointSlice' &&
      object.metadata?.labels?.['kubernetes.io/service-name'] === workload.service
    ) {
      if (gone) slices.delete(uid);
      else slices.set(uid, endpointsOf(object));
    } else continue;
    yield { t: event.t, event, deployment, replicaSets, pods, endpoints: merged(slices) };
  }
}

const controllerOf = (object: KubeObject) => object.metadata?.ownerReferences?.find(({ controller }) => controller);

function merged(slices: Map<string, Map<string, EndpointState>>): ReadonlyMap<string, EndpointState> {
  const [only] = slices.values();
  if (slices.size === 1 && only !== undefined) return only;
  return new Map([...slices.values()].flatMap((slice) => [...slice]));
}

function deploymentOf(object: KubeObject): DeploymentState {
  const spec = (object.spec ?? {}) as {
    replicas?: number;
    minReadySeconds?: number;
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
  };
  const status = (object.status ?? {}) as Record<string, number | undefined>;
  const rolling = spec.strategy?.rollingUpdate ?? {};
  return {
    generation: object.metadata?.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    replicas: spec.replicas ?? 1,
    strategy: spec.strategy?.type === 'Recreate' ? 'Recreate' : 'RollingUpdate',
    maxSurge: rolling.maxSurge ?? '25%',
    maxUnavailable: rolling.maxUnavailable ?? '25%',
    minReadySeconds: spec.minReadySeconds ?? 0,
    status: {
      replicas: status.replicas ?? 0,
      updated: status.updatedReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
  };
}

function replicaSetOf({ uid, name, object }: ObjectSeen): ReplicaSetState {
  return {
    uid,
    name,
    revision: Number(object.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
    replicas: (object.spec as { replicas?: number } | undefined)?.replicas ?? 0,
  };
}

interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers?: { readinessProbe?: object; lifecycle?: { preStop?: object } }[];
}

interface PodStatus {
  podIP?: string;
  conditions?: { type: string; status: string; lastTransitionTime?: string }[];
  containerStatuses?: { restartCount?: number; state?: { terminated?: { exitCode: number; finishedAt?: string } } }[];
}

/** The state of a pod that a watch event shows. */
export function podOf({ uid, name, object }: ObjectSeen): PodState {
  const spec = (object.spec ?? {}) as PodSpec;
  const status = (object.status ?? {}) as PodStatus;
  const { metadata } = object;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  const terminated = status.containerStatuses?.map(({ state }) => state?.terminated).find((one) => one !== undefined);
  return {
    uid,
    name,
    ip: status.podIP ?? '',
    owner: controllerOf(object)?.uid ?? '',
    ready: ready?.status === 'True',
    readySinceMs: Date.parse(ready?.lastTransitionTime ?? '') || 0,
    terminating: metadata?.deletionTimestamp !== undefined,
    gracePeriodSeconds: metadata?.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30,
    restarts: Math.max(0, ...(status.containerStatuses ?? []).map(({ restartCount }) => restartCount ?? 0)),
    hasReadinessProbe: spec.containers?.some(({ readinessProbe }) => readinessProbe !== undefined) ?? false,
    hasPreStop: spec.containers?.some(({ lifecycle }) => lifecycle?.preStop !== undefined) ?? false,
    exit:
      terminated === undefined
        ? undefined
        : { code: terminated.exitCode, finishedMs: Date.parse(terminated.finishedAt ?? '') || 0 },
  };
}

function endpointsOf(object: KubeObject): Map<string, EndpointState> {
  const endpoints = (object.endpoints ?? []) as {
    conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
    targetRef?: { uid?: string; name?: string };
  }[];
  return new Map(
    endpoints.map(({ conditions, targetRef }) => [
      targetRef?.uid ?? '',
      {
        pod: targetRef?.name ?? '',
        // The API says that an absent condition is to be read as true (ready, serving) or false (terminating).
        ready: conditions?.ready ?? true,
        serving: conditions?.serving ?? conditions?.ready ?? true,
        terminating: conditions?.terminating ?? false,
      },
    ]),
  );
}
