import type { KubeApi } from '../cluster/api.ts';
import type { ContainerLog } from './logs.ts';

interface Pod {
  metadata: { name: string };
  status: { containerStatuses?: { name: string; restartCount: number }[] };
}

/** Of each container at most. */
const MOST_BYTES = 1 << 20;

/**
 * What the containers of the pods that are there wrote, by the apiserver: of pods that are gone it has nothing any more.
 * What can't be read is left out.
 */
export async function logsByApi(api: KubeApi, namespace: string): Promise<ContainerLog[]> {
  const { items } = await api.get<{ items: Pod[] }>(`/api/v1/namespaces/${namespace}/pods`);
  const found: ContainerLog[] = [];
  for (const { metadata, status } of items)
    for (const { name, restartCount } of status.containerStatuses ?? []) {
      const text = await read(api, `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log`, name).catch(() => '');
      if (text !== '') found.push({ pod: metadata.name, container: name, restart: restartCount, text });
    }
  return found;
}

async function read(api: KubeApi, path: string, container: string): Promise<string> {
  const query = { container, timestamps: 'true', limitBytes: String(MOST_BYTES) };
  let text = '';
  const response = await api.open(path, query, AbortSignal.timeout(15_000));
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return text;
}
