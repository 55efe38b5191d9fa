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
} from './objects.ts';
import { inOrder } from './order.ts';
import { ofType, type ScenarioHistory } from './select.ts';
import type { KubeObject, Nanos, ObjectSeen } from './types.ts';

export type { DeploymentState, EndpointState, PodState, ReplicaSetState } from './objects.ts';

/** The state of the workload right after one watch event. Its maps are reused: read them before the next moment. */
export interface Moment {
  /** Never falls from one moment to the next, and is no later than the event's receipt. */
  t: Nanos;
  event: ObjectSeen;
  /** The workload's own. */
  deployment: DeploymentState | undefined;
  /** All whose pods serve behind the Service, by name; what is gone as it was last. */
  deployments: ReadonlyMap<string, DeploymentState>;
  /** The Service's selector, as "color=blue,track=stable"; empty where it was not seen. */
  selector: string;
  /** Of those Deployments, by uid. */
  replicaSets: ReadonlyMap<string, ReplicaSetState>;
  /** Names of the Deployments of those ReplicaSets, also of such as are gone, by the ReplicaSets' uids. */
  owners: ReadonlyMap<string, string>;
  /** Of those ReplicaSets, also of such as are gone, by uid. */
  pods: ReadonlyMap<string, PodState>;
  /** Of the Service, by pod uid. */
  endpoints: ReadonlyMap<string, EndpointState>;
}

/** Plays the watch events of a scenario's workload in the order in which they happened, and gives the state after each. */
export function* replay(history: ScenarioHistory): Generator<Moment> {
  const workload = history.started?.workload;
  if (workload === undefined) return;
  const names = new Set([workload.deployment, ...(workload.others ?? [])]);
  const deployments = new Map<string, DeploymentState>();
  let selector = '';
  const replicaSets = new Map<string, ReplicaSetState>();
  const owners = new Map<string, string>();
  const pods = podsOfWorkload();
  const slices = new Map<string, Slice>();

  for (const { event, t } of inOrder(eventsOf(history, workload.namespace), ofType(history, 'gap'))) {
    const { kind, uid, object } = event;
    const gone = event.verb === 'deleted';
    if (kind === 'Deployment' && names.has(event.name)) {
      const last = deployments.get(event.name);
      if (!gone) deployments.set(event.name, deploymentOf(object));
      else if (last !== undefined) deployments.set(event.name, { ...last, gone });
    } else if (kind === 'Service' && event.name === workload.service) selector = gone ? '' : selectorOf(object);
    else if (kind === 'ReplicaSet' && isOf(event, names)) {
      pods.adopt(uid);
      owners.set(uid, controllerOf(object)?.name ?? '');
      if (gone) replicaSets.delete(uid);
      else replicaSets.set(uid, replicaSetOf(event));
    } else if (kind === 'Pod') {
      if (!pods.see(uid, gone ? undefined : podOf(event))) continue;
    } else if (
      kind === 'EndpointSlice' &&
      object.metadata?.labels?.['kubernetes.io/service-name'] === workload.service
    ) {
      if (gone) slices.delete(uid);
      else slices.set(uid, { family: String(object.addressType ?? ''), endpoints: endpointsOf(object) });
    } else continue;
    const deployment = deployments.get(workload.deployment);
    const endpoints = merged(slices);
    const state = { deployments, deployment, selector, replicaSets, owners, pods: pods.own, endpoints };
    yield { t, event, ...state };
  }
}

function isOf({ object }: ObjectSeen, deployments: ReadonlySet<string>): boolean {
  const controller = controllerOf(object);
  return controller?.kind === 'Deployment' && deployments.has(controller.name);
}

function selectorOf(object: KubeObject): string {
  const { selector = {} } = (object.spec ?? {}) as { selector?: Record<string, string> };
  return Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join();
}

const PLAYED: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Pod', 'EndpointSlice', 'Service']);

function eventsOf(history: ScenarioHistory, namespace: string): ObjectSeen[] {
  return ofType(history, 'object')
    .filter((one) => one.namespace === namespace && PLAYED.has(one.kind))
    .sort((a, b) => a.t - b.t);
}

/** A pod may be told of before its ReplicaSet, and outlive it. */
function podsOfWorkload() {
  const own = new Map<string, PodState>();
  const others = new Map<string, PodState>();
  const owners = new Set<string>();
  return {
    own: own as ReadonlyMap<string, PodState>,
    adopt(owner: string): void {
      if (owners.has(owner)) return;
      owners.add(owner);
      for (const pod of others.values()) if (pod.owner === owner) own.set(pod.uid, pod);
    },
    /** Whether it is one of the workload's, or was. */
    see(uid: string, pod: PodState | undefined): boolean {
      others.delete(uid);
      if (pod === undefined) return own.delete(uid);
      if (own.has(uid) || owners.has(pod.owner)) own.set(uid, pod);
      else others.set(uid, pod);
      return own.has(uid);
    },
  };
}

interface Slice {
  /** addressType: a dual-stack Service has slices of its own for each. */
  family: string;
  endpoints: ReadonlyMap<string, EndpointState>;
}

/** Of two families the one with fewer ready endpoints: its clients have no others. */
function merged(slices: Map<string, Slice>): ReadonlyMap<string, EndpointState> {
  const [only] = slices.values();
  if (slices.size === 1 && only !== undefined) return only.endpoints;
  const families = [...Map.groupBy(slices.values(), ({ family }) => family).values()].map(
    (of) => new Map(of.flatMap(({ endpoints }) => [...endpoints])),
  );
  const ready = (of: Map<string, EndpointState>) => [...of.values()].filter((one) => one.ready).length;
  return families.sort((a, b) => ready(a) - ready(b))[0] ?? new Map();
}
