import type { StartedCluster } from '../cluster/kind.ts';

/** Milliseconds from one look to the next. */
const LOOK_EVERY_MS = 500;

interface Named {
  metadata: { name: string; deletionTimestamp?: string };
}

/**
 * Whether the pods of earlier scenarios are gone, as it was known at the last look: a hundred that are being deleted take
 * the machine from whatever is measured beside them. Pods, not namespaces: those stay for up to half a minute after their
 * last pod, and cost nothing.
 *
 * @param labels that this run puts on its namespaces
 */
export async function leftoversGone(
  { api }: Pick<StartedCluster, 'api'>,
  labels: Record<string, string>,
): Promise<() => boolean> {
  const pairs = Object.entries(labels).map((label) => label.join('='));
  const namespaces = `/api/v1/namespaces?labelSelector=${encodeURIComponent(pairs.join(','))}`;
  let gone = false;
  let looking = false;

  async function look(): Promise<void> {
    const { items } = await api.get<{ items: Named[] }>(namespaces);
    const going = items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
    const pods = await Promise.all(
      going.map(({ metadata }) => api.get<{ items: unknown[] }>(`/api/v1/namespaces/${metadata.name}/pods?limit=1`)),
    );
    gone = pods.every(({ items }) => items.length === 0);
  }

  await look();
  return () => {
    if (gone || looking) return gone;
    looking = true;
    // Where the apiserver does not answer, that is for the watches to find out.
    void look()
      .catch(() => {})
      .finally(() =>
        setTimeout(() => {
          looking = false;
        }, LOOK_EVERY_MS).unref(),
      );
    return gone;
  };
}
