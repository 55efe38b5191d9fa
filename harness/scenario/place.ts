import { openContext } from '../cluster/existing.ts';
import { openKindCluster, type StartedCluster } from '../cluster/kind.ts';
import { serviceAddress } from '../cluster/readiness.ts';
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
  /** What the control lane calls: something that nobody rolls. */
  control(): Promise<Pick<LaneTarget, 'url' | 'insecure'>>;
}

export async function openPlace(context: RunContext): Promise<Place> {
  return context.cluster.context === undefined ? onKind(context) : onContext(context, context.cluster.context);
}

async function onKind({ cluster: named, tools, k6Image: image, labels }: RunContext): Promise<Place> {
  const cluster = await openKindCluster({ ...named, ...tools });
  return {
    cluster,
    existing: false,
    k6: () => k6InDocker({ image, labels, networkMode: `container:${cluster.nodes[0]}` }),
    async control() {
      const { host, port } = await serviceAddress(cluster, CONTROL.namespace, CONTROL.service);
      return { url: `http://${host}:${port}/api/data` };
    },
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
    // Whoever may not ask gets 401 or 403: an answer is all that it takes.
    control: async () => ({ url: APISERVER, insecure: true }),
  };
}
