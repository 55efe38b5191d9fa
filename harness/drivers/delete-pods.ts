import { kubectl } from './kubectl.ts';
import { generationOf, type StartedWorkload, type Transition } from './workload.ts';

interface LivePod {
  metadata: { name: string; creationTimestamp: string; deletionTimestamp?: string };
  status?: { phase?: string; conditions?: { type: string; status: string }[] };
}

/**
 * Deletes pods of the Deployment, the oldest first, with their grace period, by `kubectl delete pod`. It ends when the
 * Deployment has others in their place; until then those that it deleted, and no others, may be missing of the floor.
 *
 * @param options.ready only such as are ready, or only such as are not
 * @throws Error, when driven, where there are not so many.
 */
export function deletePods({ count, ready }: { count: number; ready?: boolean }): Transition {
  const which = ready === undefined ? '' : ready ? ' ready' : ' unready';
  const detail = `kubectl delete pod: ${count}${which}`;
  return {
    kind: 'delete-pods',
    detail,
    facts: () => ({ deletes: count }),
    async drive(workload) {
      const found = await candidates(workload, ready);
      if (found.length < count) throw new Error(`${detail}: there are only ${found.length}`);
      const names = found.slice(0, count);
      const args = ['delete', 'pod', ...names, '--wait=false', '--ignore-not-found'];
      await kubectl(workload, { action: 'delete-pods', detail: `kubectl delete pod ${names.join(' ')}` }, args);
      const generation = await generationOf(workload);
      return {
        what: 'others to be in the place of the deleted pods',
        holds: ({ settled, alive }) => !names.some(alive) && settled(generation),
      };
    },
  };
}

async function candidates(workload: StartedWorkload, ready: boolean | undefined): Promise<string[]> {
  const { cluster, namespace, deployment } = workload;
  const { items } = await cluster.api.get<{ items: LivePod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  const { deploymentOf } = workload.now();
  const isReady = ({ status }: LivePod) =>
    status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
  return items
    .filter(({ metadata }) => deploymentOf(metadata.name) === deployment && metadata.deletionTimestamp === undefined)
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .filter((pod) => ready === undefined || isReady(pod) === ready)
    .sort((a, b) => age(a).localeCompare(age(b)))
    .map(({ metadata }) => metadata.name);
}

const age = ({ metadata }: LivePod): string => `${metadata.creationTimestamp} ${metadata.name}`;
