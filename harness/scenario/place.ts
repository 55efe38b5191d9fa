import { openContext } from '../cluster/existing.ts';
import { openKindCluster, type StartedCluster } from '../cluster/kind.ts';
import { proveReady, type Readiness } from '../cluster/readiness.ts';
import { k6InDocker } from '../load/container.ts';
import { k6InCluster } from '../load/job.ts';
import type { StartK6 } from '../load/k6.ts';
import type { LaneTarget } from '../load/lane-script.ts';
import type { RunContext } from './context.ts';
import { CONTROL } from './control-service.ts';

/** Where a scenario is run: on a kind cluster of ours, or on a cluster that is somebody's. */
export interface Place {
  cluster: StartedCluster;
  /** It is somebody's: what is there already is not ours. */
  existing: boolean;
  /** k6 where it reaches Services as any client in the cluster does. */
  k6(namespace: string, signal: AbortSignal): StartK6;
  /**
   * What is applied from now on is run.
   *
   * @throws CannotRun that says what did not come up.
   */
  nodesReady(): Promise<void>;
  /**
   * What the control lane calls: something that nobody rolls.
   *
   * @throws CannotRun where the cluster does not work so far that it can be reached.
   */
  control(): Promise<ControlTarget>;
}

export type ControlTarget = Pick<LaneTarget, 'url' | 'insecure'>;

export async function openPlace(context: RunContext, signal?: AbortSignal): Promise<Place> {
  return context.cluster.context === undefined ? onKind(context, signal) : onContext(context, context.cluster.context);
}

/** Proven once for all scenarios of a run: what does not come up for the first of them is not waited for again. */
const proven = new WeakMap<RunContext, Readiness>();

async function onKind(context: RunContext, signal?: AbortSignal): Promise<Place> {
  const { cluster: named, tools, k6Image: image, labels } = context;
  const cluster = await openKindCluster({ ...named, ...tools });
  const known = proven.get(context);
  // Where it did not come up for one scenario, nothing is made for the next.
  await known?.control;
  const readiness = known ?? proveReady(cluster, CONTROL, () => {}, signal);
  proven.set(context, readiness);
  return {
    cluster,
    existing: false,
    k6: () => k6InDocker({ image, labels, networkMode: `container:${cluster.nodes[0]}` }),
    nodesReady: () => readiness.nodes,
    control: () => readiness.control,
  };
}

/** The apiserver's own Service: every cluster has it, and it shares the network with what is rolled. */
const APISERVER = 'https://kubernetes.default.svc/version';

async function onContext({ run, tools, k6Image: image, labels }: RunContext, context: string): Promise<Place> {
  const cluster = await openContext(context, tools.kubectl);
  const prefix = `rollproof-${run.slice(-4)}`;
  return {
    cluster,
    existing: true,
    k6: (namespace, signal) => k6InCluster({ api: cluster.api, namespace, image, labels, prefix, signal }),
    // It was there before rollproof was.
    nodesReady: async () => {},
    // Whoever may not ask gets 401 or 403: an answer is all that it takes.
    control: async () => ({ url: APISERVER, insecure: true }),
  };
}
