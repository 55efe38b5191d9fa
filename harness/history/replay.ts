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
import type { ScenarioHistory } from './select.ts';
import type { GapSeen, Nanos, ObjectSeen } from './types.ts';

export type { DeploymentState, EndpointState, PodState, ReplicaSetState } from './objects.ts';

/** The state of the workload right after one watch event. Its maps are reused: read them before the next moment. */
export interface Moment {
  /** Never falls from one moment to the next, and is no later than the event's receipt. */
  t: Nanos;
  event: ObjectSeen;
  deployment: DeploymentState | undefined;
  /** Of the Deployment, by uid. */
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
  let deployment: DeploymentState | undefined;
  const replicaSets = new Map<string, ReplicaSetState>();
  const pods = podsOfWorkload();
  const slices = new Map<string, Map<string, EndpointState>>();

  for (const { event, t } of inOrder(eventsOf(history, workload.namespace), gapsOf(history))) {
    const { kind, uid, object } = event;
    const gone = event.verb === 'deleted';
    if (kind === 'Deployment' && event.name === workload.deployment)
      deployment = gone ? undefined : deploymentOf(object);
    else if (kind === 'ReplicaSet' && isOf(event, workload.deployment)) {
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
    yield { t, event, deployment, replicaSets, pods: pods.own, endpoints: merged(slices) };
  }
}

function isOf({ object }: ObjectSeen, deployment: string): boolean {
  const controller = controllerOf(object);
  return controller?.kind === 'Deployment' && controller.name === deployment;
}

const PLAYED: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'Pod', 'EndpointSlice']);

function eventsOf({ observations }: ScenarioHistory, namespace: string): ObjectSeen[] {
  return observations
    .filter((one): one is ObjectSeen => one.type === 'object' && one.namespace === namespace && PLAYED.has(one.kind))
    .sort((a, b) => a.t - b.t);
}

const gapsOf = ({ observations }: ScenarioHistory) => observations.filter((one): one is GapSeen => one.type === 'gap');

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
