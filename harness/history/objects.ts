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
  /** Its containers have ended for good (phase Succeeded or Failed): the controllers don't count it any more. */
  ended: boolean;
  gracePeriodSeconds: number;
  restarts: number;
  hasReadinessProbe: boolean;
  hasPreStop: boolean;
  exit: { code: number; finishedMs: number } | undefined;
}

export interface ReplicaSetState {
  uid: string;
  name: string;
  /** Name of the Deployment that owns it. */
  deployment: string;
  revision: number;
  replicas: number;
  /** By its status; undefined where it has none. */
  available: number | undefined;
  /** Its own: an old ReplicaSet keeps it where its Deployment's changes. */
  minReadySeconds: number;
  /** Of its template's containers, joined. */
  images: string;
}

export interface DeploymentState {
  generation: number;
  observedGeneration: number;
  replicas: number;
  strategy: 'RollingUpdate' | 'Recreate';
  maxSurge: number | string;
  maxUnavailable: number | string;
  minReadySeconds: number;
  paused: boolean;
  /** Condition Progressing is False, ProgressDeadlineExceeded. */
  stalled: boolean;
  /** It has been deleted, and was so before. */
  gone?: true;
  status: { replicas: number; updated: number; available: number };
}

export interface EndpointState {
  pod: string;
  ready: boolean;
  serving: boolean;
  terminating: boolean;
}

export function deploymentOf(object: KubeObject): DeploymentState {
  const spec = (object.spec ?? {}) as {
    replicas?: number;
    minReadySeconds?: number;
    paused?: boolean;
    strategy?: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } };
  };
  const status = (object.status ?? {}) as Record<string, number | undefined>;
  const rolling = spec.strategy?.rollingUpdate ?? {};
  const { conditions } = (object.status ?? {}) as { conditions?: { type: string; status: string; reason?: string }[] };
  return {
    generation: object.metadata?.generation ?? 0,
    observedGeneration: status.observedGeneration ?? 0,
    replicas: spec.replicas ?? 1,
    strategy: spec.strategy?.type === 'Recreate' ? 'Recreate' : 'RollingUpdate',
    maxSurge: rolling.maxSurge ?? '25%',
    maxUnavailable: rolling.maxUnavailable ?? '25%',
    minReadySeconds: spec.minReadySeconds ?? 0,
    paused: spec.paused ?? false,
    stalled: conditions?.some(({ reason }) => reason === 'ProgressDeadlineExceeded') ?? false,
    status: {
      replicas: status.replicas ?? 0,
      updated: status.updatedReplicas ?? 0,
      available: status.availableReplicas ?? 0,
    },
  };
}

export function replicaSetOf({ uid, name, object }: ObjectSeen): ReplicaSetState {
  const status = object.status as { availableReplicas?: number } | undefined;
  const spec = (object.spec ?? {}) as {
    replicas?: number;
    minReadySeconds?: number;
    template?: { spec?: { containers?: { image?: string }[] } };
  };
  return {
    uid,
    name,
    deployment: controllerOf(object)?.name ?? '',
    revision: Number(object.metadata?.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
    replicas: spec.replicas ?? 0,
    // The API leaves a count of 0 out.
    available: status && (status.availableReplicas ?? 0),
    minReadySeconds: spec.minReadySeconds ?? 0,
    images: (spec.template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(' '),
  };
}

interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers?: { readinessProbe?: object; lifecycle?: { preStop?: object } }[];
}

interface PodStatus {
  phase?: string;
  podIP?: string;
  conditions?: { type: string; status: string; lastTransitionTime?: string }[];
  containerStatuses?: { restartCount?: number; state?: { terminated?: { exitCode: number; finishedAt?: string } } }[];
}

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
    ended: status.phase === 'Succeeded' || status.phase === 'Failed',
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

export function endpointsOf(object: KubeObject): Map<string, EndpointState> {
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

export const controllerOf = (object: KubeObject) =>
  object.metadata?.ownerReferences?.find(({ controller }) => controller);

interface PortsShape {
  name?: string;
  ports?: { name?: string; containerPort?: number }[];
}

/**
 * Of a pod's containers, the one that a Service's requests go to: the one that declares its port. Ports need not be declared:
 * where only others are, it is the first container that declares none. Where nothing is known of the Service, the first with a
 * port; else the first.
 *
 * @param targets `targetPort` of each of its ports
 */
export function servingContainer<T extends PortsShape>(
  containers: readonly T[],
  targets: readonly (number | string)[],
): T | undefined {
  const declares = ({ ports = [] }: T) =>
    ports.some(({ name, containerPort }) => targets.some((target) => target === containerPort || target === name));
  const withPort = containers.find(({ ports = [] }) => ports.length > 0);
  if (targets.length === 0) return withPort ?? containers[0];
  return containers.find(declares) ?? containers.find(({ ports = [] }) => ports.length === 0) ?? containers[0];
}

/** Of a Service's spec; where none is given it is the port itself. */
export function targetPorts(spec: KubeObject['spec']): (number | string)[] {
  const { ports = [] } = (spec ?? {}) as { ports?: { port?: number; targetPort?: number | string }[] };
  return ports.flatMap(({ port, targetPort = port }) => (targetPort === undefined ? [] : [targetPort]));
}

/** The condition that says that a pod is to go though nobody scaled anything down. */
function disruptionTarget({ status }: KubeObject): { reason?: string; message?: string } | undefined {
  const { conditions } = (status ?? {}) as {
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
  return conditions?.find((one) => one.type === 'DisruptionTarget' && one.status === 'True');
}

/** Why a pod is to go though nobody scaled anything down: the reason of its condition DisruptionTarget. Undefined where it is not. */
export function disruptionOf(object: KubeObject): string | undefined {
  const found = disruptionTarget(object);
  return found && (found.reason ?? 'DisruptionTarget');
}

/**
 * Not the pod is what was wrong then, but its node, or another pod that goes before it: pressure on the node, preemption, a
 * shutdown, a taint, a node that is gone. (Reasons as Kubernetes documents them under "Pod disruption conditions", the
 * messages of its kubelet.) A pod that is chosen because it used more than it had asked for is named with that.
 */
export function isNodes(object: KubeObject): boolean {
  const { reason = '', message = '' } = disruptionTarget(object) ?? {};
  if (reason === 'TerminationByKubelet') return OF_THE_NODE.test(message) && !message.includes(' was using ');
  return NOT_THE_PODS.has(reason);
}

const NOT_THE_PODS: ReadonlySet<string> = new Set([
  'PreemptionByScheduler',
  'DeletionByTaintManager',
  'DeletionByPodGC',
]);

/** "The node was low on resource: …", "Pod was preempted by Kubelet …", "Pod was terminated in response to imminent node shutdown." */
const OF_THE_NODE = /^(The node |Pod was preempted |Pod was terminated in response to )/;

/** When that was of which an Event tells: one that a list had may tell of an hour ago. */
export function eventTime({ t, verb, object }: Pick<ObjectSeen, 't' | 'verb' | 'object'>, epochMs: number): Nanos {
  if (verb !== 'listed') return t;
  const { series, lastTimestamp, eventTime } = object as {
    series?: { lastObservedTime?: string };
    lastTimestamp?: string | null;
    eventTime?: string | null;
  };
  const told = Date.parse(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? '');
  return Number.isNaN(told) ? t : Math.min(t, (told - epochMs) * 1e6);
}
