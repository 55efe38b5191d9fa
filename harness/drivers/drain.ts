import { CORDONED_LABEL } from '../cluster/sweep.ts';
import { CannotRun } from '../errors.ts';
import { kubectl } from './kubectl.ts';
import { generationOf, type StartedWorkload, type Transition } from './workload.ts';

interface LivePod {
  metadata: { name: string };
  spec: { nodeName?: string };
  status?: { phase?: string };
}

interface LiveNode {
  metadata: { name: string; labels?: Record<string, string> };
}

/**
 * Takes the pods of a node away, as before its maintenance: `kubectl drain`, which evicts them one by one. An eviction
 * that a PodDisruptionBudget refuses is tried again every 5 s, until the time is up. It ends when the Deployment is
 * settled on the other nodes. The node is uncordoned once the load has ended.
 *
 * The control plane is never drained: the load and the control service are there.
 *
 * @param options.node its name; default: the worker with most of the Deployment's pods
 * @param options.timeoutSeconds longest that kubectl may take
 * @throws Error, when driven, where there is no such worker, or none of the Deployment's pods on it; KubectlRefused where
 *   the drain did not come to its end.
 */
export function drain({ node, timeoutSeconds = 120 }: { node?: string; timeoutSeconds?: number } = {}): Transition {
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${timeoutSeconds}s`];
  const detail = `kubectl drain ${node ?? 'the worker with most pods'}`;
  return {
    kind: 'drain',
    detail,
    async drive(workload) {
      // Pods of others are on it too, and what comes of them nobody here sees.
      if (workload.cluster.nodes?.length === 0)
        throw new CannotRun(`${detail}: a node of a cluster that is there already is not ours to drain`, {
          remedy: 'on a kind cluster it is',
        });
      const name = node ?? (await busiest(workload));
      // Should this process be killed, the next one knows by the label that the node is to be uncordoned.
      const label = [`${CORDONED_LABEL}=${workload.namespace}`, '--overwrite'];
      await kubectl(workload, { action: 'label', detail: `kubectl label node ${name}` }, [
        'label',
        'node',
        name,
        ...label,
      ]);
      workload.defer(() => uncordon(workload, name));
      await kubectl(workload, { action: 'cordon', detail: `kubectl cordon ${name}` }, ['cordon', name]);
      const leaving = (await podsByNode(workload)).get(name) ?? [];
      if (leaving.length === 0) throw new Error(`${detail}: ${workload.deployment} has no pod on ${name}`);
      await kubectl(workload, { action: 'drain', detail: `kubectl drain ${name}` }, ['drain', name, ...flags]);
      // One that was on its way to the node when it was cordoned would be there still.
      const gone = [...leaving, ...((await podsByNode(workload)).get(name) ?? [])];
      const generation = await generationOf(workload);
      return {
        what: `${workload.deployment} to be settled on the other nodes, with no pod on ${name}`,
        holds: ({ settled, alive }) => settled(generation) && !gone.some(alive),
      };
    },
  };
}

async function uncordon(workload: StartedWorkload, node: string): Promise<void> {
  await kubectl(workload, { action: 'uncordon', detail: `kubectl uncordon ${node}` }, ['uncordon', node]);
  await kubectl(workload, { action: 'label', detail: `kubectl label node ${node}` }, [
    'label',
    'node',
    node,
    `${CORDONED_LABEL}-`,
  ]);
}

/** Of several with as many, the first by name: a scenario that runs again drains the same one. */
async function busiest(workload: StartedWorkload): Promise<string> {
  const { items } = await workload.cluster.api.get<{ items: LiveNode[] }>('/api/v1/nodes');
  const workers = items.filter(({ metadata }) => metadata.labels?.[CONTROL_PLANE] === undefined);
  if (workers.length === 0) throw new Error('there is no worker to drain: ask for nodes with `on: { nodes: 3 }`');
  const pods = await podsByNode(workload);
  const count = ({ metadata }: LiveNode) => pods.get(metadata.name)?.length ?? 0;
  const [first] = workers.sort((a, b) => count(b) - count(a) || a.metadata.name.localeCompare(b.metadata.name));
  return first!.metadata.name;
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Names of the Deployment's pods, terminating ones too. */
async function podsByNode(workload: StartedWorkload): Promise<Map<string, string[]>> {
  const { cluster, namespace, deployment } = workload;
  const { items } = await cluster.api.get<{ items: LivePod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  const { deploymentOf } = workload.now();
  const own = items.filter(
    ({ metadata, status }) =>
      deploymentOf(metadata.name) === deployment && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  const byNode = Map.groupBy(own, ({ spec }) => spec.nodeName ?? '');
  return new Map([...byNode].map(([node, pods]) => [node, pods.map(({ metadata }) => metadata.name)]));
}
