import { expect, test, vi } from 'vitest';
import type { StartedCluster } from '../cluster/kind.ts';
import { leftoversGone } from './leftovers.ts';

/** An apiserver with these namespaces of the run, by how many pods are left in them; `going` are being deleted. */
function apiWith(pods: Record<string, number>, going: string[]) {
  const asked: string[] = [];
  const get = async (path: string) => {
    asked.push(path);
    const name = /namespaces\/([^/]+)\/pods/.exec(path)?.[1];
    if (name !== undefined) return { items: Array.from({ length: pods[name]! }, () => ({})) };
    return {
      items: Object.keys(pods).map((name) => ({
        metadata: { name, ...(going.includes(name) ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
      })),
    };
  };
  return { cluster: { api: { get } } as unknown as Pick<StartedCluster, 'api'>, asked };
}

test('pods of a namespace that is being deleted are waited for, those of this scenario are not', async () => {
  const pods = { mine: 3, old: 1 };
  const { cluster, asked } = apiWith(pods, ['old']);
  const gone = await leftoversGone(cluster, { 'dev.rollproof/run': 'r1' });
  expect(asked[0]).toBe('/api/v1/namespaces?labelSelector=dev.rollproof%2Frun%3Dr1');
  expect(gone()).toBe(false);
  pods.old = 0;
  await vi.waitUntil(gone, { timeout: 5_000 });
});

test('a namespace without pods that is still going away holds nothing up', async () => {
  const { cluster } = apiWith({ mine: 3, old: 0 }, ['old']);
  expect((await leftoversGone(cluster, {}))()).toBe(true);
});
