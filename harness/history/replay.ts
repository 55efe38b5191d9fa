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
  /** All whose pods serve behind the Service, by name. */
  deployments: ReadonlyMap<string, DeploymentState>;
  /** The Service's selector, as "color=blue,track=stable"; empty where it was not seen. */
  selector: string;
  /** Of those Deployments, by uid. */
  replicaSets: ReadonlyMap<string, ReplicaSetState>;
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
  const pods = podsOfWorkload();
  const slices = new Map<string, Map<string, EndpointState>>();

  for (const { event, t } of inOrder(eventsOf(history, workload.namespace), ofType(history, 'gap'))) {
    const { kind, uid, object } = event;
    const gone = event.verb === 'deleted';
    if (kind === 'Deployment' && names.has(event.name)) {
      if (gone) deployments.delete(event.name);
      else deployments.set(event.name, deploymentOf(object));
    } else if (kind === 'Service' && event.name === workload.service) selector = gone ? '' : selectorOf(object);
    else if (kind === 'ReplicaSet' && isOf(event, names)) {
      pods.adopt(uid);
      if (gone) replicaSets.delete(uid);
      else replicaSets.set(uid, replicaSetOf(event));
    } else if (kind === 'Pod') {
      if (!pods.see(uid, gone ? undefined : podOf(event))) continue;
    } else if (
      kind === 'EndpointSlice' &&
      object.metadata?.labels?.['kubernetes.io/service-name'] === workload.service
    ) {
      if (gone) slices.delete(uid);
      else slices.set(uid, endpointsOf(object));
    } else continue;
    const deployment = deployments.get(workload.deployment);
    const state = { deployments, deployment, selector, replicaSets, pods: pods.own, endpoints: merged(slices) };
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

function merged(slices: Map<string, Map<string, EndpointState>>): ReadonlyMap<string, EndpointState> {
  const [only] = slices.values();
  if (slices.size === 1 && only !== undefined) return only;
  return new Map([...slices.values()].flatMap((slice) => [...slice]));
}
