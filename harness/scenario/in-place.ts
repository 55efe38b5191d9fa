import { isDeepStrictEqual } from 'node:util';
import type { StartedCluster } from '../cluster/kind.ts';
import { CannotRun } from '../errors.ts';
import type { Workload } from '../history/types.ts';

interface LiveObject {
  metadata: {
    name: string;
    uid: string;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
  spec: { replicas?: number; paused?: boolean; template: object };
}

const REVISION = 'deployment.kubernetes.io/revision';
const BACK_SECONDS = 180;

/** How a live Deployment was before anybody changed it, and how it is brought back to that. */
export interface StartingState {
  /** For a person to call, where rollproof does not come to it. */
  command: string;
  /** Brings it back, and waits until it is. Where it is as it was, nothing is done. */
  restore(): Promise<void>;
}

/** @throws CannotRun where the Deployment or its ReplicaSet is not there. */
export async function startingState(
  cluster: StartedCluster,
  { namespace, deployment }: Pick<Workload, 'namespace' | 'deployment'>,
): Promise<StartingState> {
  const apps = `/apis/apps/v1/namespaces/${namespace}`;
  const read = () => cluster.api.get<LiveObject>(`${apps}/deployments/${deployment}`);
  const before = await read();
  const revision = before.metadata.annotations?.[REVISION];
  const replicaSets = async () => (await cluster.api.get<{ items: LiveObject[] }>(`${apps}/replicasets`)).items;
  const own = (await replicaSets()).find(
    ({ metadata }) =>
      metadata.ownerReferences?.some(({ uid }) => uid === before.metadata.uid) &&
      metadata.annotations?.[REVISION] === revision,
  );
  if (own === undefined)
    throw new CannotRun(`--in-place: Deployment ${deployment} has no ReplicaSet of its revision ${revision}`, {
      remedy: 'once it is rolled out, it has one',
    });
  const kubectl = (...args: string[]) => cluster.kubectl([...args, '-n', namespace]);
  const named = `deployment/${deployment}`;
  return {
    command: `kubectl --context ${cluster.name} -n ${namespace} rollout undo ${named} --to-revision=${revision}`,
    async restore() {
      const now = await read();
      if (now.spec.paused && !before.spec.paused) await kubectl('rollout', 'resume', named);
      if (!isDeepStrictEqual(now.spec.template, before.spec.template)) {
        // Going back to a revision gives it a new number: it is found by its ReplicaSet.
        const still = (await replicaSets()).find(({ metadata }) => metadata.uid === own.metadata.uid);
        const to = still?.metadata.annotations?.[REVISION];
        if (to === undefined) throw new Error(`the ReplicaSet ${own.metadata.name} of revision ${revision} is gone`);
        await kubectl('rollout', 'undo', named, `--to-revision=${to}`);
      }
      if (now.spec.replicas !== before.spec.replicas)
        await kubectl('scale', named, `--replicas=${before.spec.replicas ?? 1}`);
      await kubectl('rollout', 'status', named, `--timeout=${BACK_SECONDS}s`);
    },
  };
}
