import type { History, KubeObject, ObjectSeen, RequestSeen, WatchedKind } from '../types.ts';
import { thinBaseline } from './thin.ts';

/**
 * One scenario of a run, small enough to be kept as a recorded case: every observation with its id, objects without what
 * judgement never reads, phases of requests in tenths of a millisecond, and few of the requests before the trigger. What is left is judged as the whole was, but for
 * the number of requests sent.
 *
 * @param thinned false to keep every request of the baseline
 * @throws Error where the history has no such scenario
 */
export function trimHistory({ header, observations }: History, scenario: string, thinned = true): History {
  const own = observations.filter((one) => one.scenario === scenario);
  const started = own.find((one) => one.type === 'scenario');
  if (started === undefined) {
    const names = [...new Set(observations.map((one) => one.scenario))];
    throw new Error(`the history has no scenario "${scenario}"; it has: ${names.join(', ')}`);
  }
  const slim = own.map((one) => {
    if (one.type === 'object') return slimObject(one);
    return one.type === 'request' ? { ...one, phases: tenths(one.phases) } : one;
  });
  const { numbered: _, ...rest } = header;
  return { header: rest, observations: thinned ? thinBaseline(slim) : slim, truncated: false };
}

/** To tenths of a millisecond; what took any time at all still does. */
function tenths(phases: RequestSeen['phases']): RequestSeen['phases'] {
  const rounded = (ms: number) => (ms > 0 ? Math.max(0.1, Math.round(ms * 10) / 10) : ms);
  const { blocked, connecting, tls, sending, waiting, receiving } = phases;
  return {
    blocked: rounded(blocked),
    connecting: rounded(connecting),
    tls: rounded(tls),
    sending: rounded(sending),
    waiting: rounded(waiting),
    receiving: rounded(receiving),
  };
}

/** What is kept of a value: all of it, or these fields of it (or of each of its elements). */
type Shape = true | { [field: string]: Shape };

const METADATA: Shape = {
  name: true,
  namespace: true,
  uid: true,
  resourceVersion: true,
  generation: true,
  creationTimestamp: true,
  deletionTimestamp: true,
  deletionGracePeriodSeconds: true,
  labels: true,
  annotations: { 'deployment.kubernetes.io/revision': true },
  ownerReferences: { kind: true, name: true, uid: true, controller: true },
};

const CONTAINERS: Shape = {
  name: true,
  image: true,
  ports: true,
  readinessProbe: true,
  livenessProbe: true,
  startupProbe: true,
  lifecycle: true,
  resources: { requests: true },
};

const TEMPLATE: Shape = { spec: { terminationGracePeriodSeconds: true, containers: CONTAINERS } };

const CONDITIONS: Shape = { type: true, status: true, reason: true, lastTransitionTime: true };

const STATE: Shape = {
  waiting: { reason: true },
  running: { startedAt: true },
  terminated: { exitCode: true, reason: true, startedAt: true, finishedAt: true },
};

/** By kind, beside the metadata. What a new check or rule reads has to be added here before a run is trimmed for it. */
const KEPT: Record<WatchedKind, Shape> = {
  Pod: {
    spec: { nodeName: true, terminationGracePeriodSeconds: true, containers: CONTAINERS },
    status: {
      phase: true,
      reason: true,
      podIP: true,
      conditions: CONDITIONS,
      containerStatuses: {
        name: true,
        imageID: true,
        containerID: true,
        ready: true,
        restartCount: true,
        state: STATE,
        lastState: STATE,
      },
    },
  },
  ReplicaSet: {
    spec: { replicas: true, minReadySeconds: true, template: TEMPLATE },
    status: { replicas: true, readyReplicas: true, availableReplicas: true, observedGeneration: true },
  },
  Deployment: {
    spec: {
      replicas: true,
      paused: true,
      minReadySeconds: true,
      progressDeadlineSeconds: true,
      revisionHistoryLimit: true,
      strategy: true,
      template: TEMPLATE,
    },
    status: {
      observedGeneration: true,
      replicas: true,
      updatedReplicas: true,
      readyReplicas: true,
      availableReplicas: true,
      unavailableReplicas: true,
      terminatingReplicas: true,
      conditions: CONDITIONS,
    },
  },
  EndpointSlice: {
    endpoints: { addresses: true, conditions: true, nodeName: true, targetRef: { kind: true, name: true, uid: true } },
  },
  Event: {
    type: true,
    reason: true,
    message: true,
    count: true,
    involvedObject: { kind: true, namespace: true, name: true },
  },
  Service: {
    spec: {
      type: true,
      clusterIP: true,
      selector: true,
      ports: true,
      externalTrafficPolicy: true,
      internalTrafficPolicy: true,
      sessionAffinity: true,
      publishNotReadyAddresses: true,
    },
  },
};

function slimObject(seen: ObjectSeen): ObjectSeen {
  const shape = KEPT[seen.kind];
  return { ...seen, object: pick(seen.object, { metadata: METADATA, ...(shape === true ? {} : shape) }) as KubeObject };
}

function pick(value: unknown, shape: Shape): unknown {
  if (shape === true || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => pick(one, shape));
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) => {
      const kept = shape[field];
      return kept === undefined ? [] : [[field, pick(inner, kept)]];
    }),
  );
}
