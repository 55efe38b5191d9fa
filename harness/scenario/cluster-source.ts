import { openContext } from '../cluster/existing.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import type { Lock } from '../cluster/lock.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { clusterFolder, noteContext } from '../cluster/state.ts';
import { RUN_LABEL, releaseRun } from '../cluster/sweep.ts';
import { clearContext } from '../cluster/sweep-context.ts';
import type { ClusterFacts } from '../history/types.ts';
import type { RunContext } from './context.ts';
import { clusterFacts, freshCluster, keptCluster } from './run-cluster.ts';

/** A cluster that is up, and what scenarios are told of it. */
export interface Ready {
  cluster: StartedCluster;
  facts: ClusterFacts;
  /** "Cluster rollproof-…, 1 node". */
  words: string;
  place: Pick<RunContext, 'cluster' | 'tools' | 'k6Image'>;
}

/** Where the clusters of a run come from. */
export interface ClusterSource {
  /** Brings one up that has so many nodes. */
  bringUp(run: string, nodes: number, signal: AbortSignal, progress: (text: string) => void): Promise<Ready>;
  /** Takes away what a run made. More than once does no harm. */
  release(run: string): Promise<void>;
  /** Between two clusters of one run: deletes the one that is up, unless it stays. */
  takeDown(run: string): Promise<void>;
  /** How a person takes away what was kept. */
  undoing(run: string, cluster: StartedCluster): string;
  dispose(): void;
}

export interface KindSource {
  toolchain: Toolchain;
  kindConfig: string;
  /** Name of the cluster to work on, which stays; without, each number of nodes gets a fresh one. */
  cluster?: string;
}

/** kind clusters: fresh ones that go with the run, or one that stays. */
export function kindSource({ toolchain, kindConfig, cluster: named }: KindSource): ClusterSource {
  let lock: Lock | undefined;
  const release = async (run: string) => void (await releaseRun(toolchain, run));
  return {
    async bringUp(run, nodes, signal, progress) {
      const settings = { run, nodes, toolchain, kindConfig, signal };
      const kept = named === undefined ? undefined : await keptCluster({ ...settings, name: named }, progress);
      lock = kept?.lock;
      const cluster = kept?.cluster ?? (await freshCluster(settings, progress));
      const { name } = cluster;
      const facts = await clusterFacts(cluster, toolchain);
      return {
        cluster,
        facts,
        words: `Cluster ${name}, ${nodesIn(facts)}${kept === undefined ? '' : kept.made ? ', made, and kept' : ', kept'}`,
        place: {
          cluster: { name, folder: clusterFolder(name) },
          tools: { kind: toolchain.kind, kubectl: toolchain.kubectl },
          k6Image: toolchain.k6Image.ref,
        },
      };
    },
    release,
    takeDown: async (run) => {
      if (named === undefined) await release(run);
    },
    undoing: (run, { name }) =>
      named === undefined ? `rollproof cluster down ${name}` : `kubectl delete namespace -l ${RUN_LABEL}=${run}`,
    dispose: () => lock?.release(),
  };
}

export interface ContextSource {
  context: string;
  /** Where the service goes to, or is; undefined: to a namespace of the run's own. */
  namespace?: string;
  kubectl: string;
  k6Image: string;
}

/** A cluster that is somebody's: nothing is made but what scenarios need, and nothing else is touched. */
export function contextSource({ context, namespace, kubectl, k6Image }: ContextSource): ClusterSource {
  return {
    async bringUp(run, _, __, progress) {
      progress(`calling ${context}`);
      const cluster = await openContext(context, kubectl);
      noteContext(run, { context, ...(namespace === undefined ? {} : { namespace }) });
      const facts = await contextFacts(cluster);
      const count = facts.nodes === 0 ? '' : `, ${nodesIn(facts)}`;
      return {
        cluster,
        facts,
        words: `Cluster of the context ${context}, Kubernetes ${facts.version}${count}`,
        place: { cluster: { name: context, folder: '', context }, tools: { kind: '', kubectl }, k6Image },
      };
    },
    release: async (run) => void (await clearContext(run, kubectl)),
    takeDown: async () => {},
    undoing: (run) =>
      namespace === undefined
        ? `kubectl --context ${context} delete namespace -l ${RUN_LABEL}=${run}`
        : `kubectl --context ${context} -n ${namespace} delete job,configmap -l ${RUN_LABEL}=${run}`,
    dispose() {},
  };
}

/** What may be read of it: nodes are nobody's own, and not everybody may count them. */
async function contextFacts({ api }: StartedCluster): Promise<ClusterFacts> {
  const { gitVersion } = await api.get<{ gitVersion: string }>('/version');
  const nodes = await api.get<{ items: unknown[] }>('/api/v1/nodes').then(
    ({ items }) => items.length,
    () => 0,
  );
  return { provider: 'existing', version: gitVersion, nodes, nodeImage: 'unknown', proxyMode: 'unknown' };
}

const nodesIn = ({ nodes }: ClusterFacts) => `${nodes} node${nodes === 1 ? '' : 's'}`;
