import { expect, test } from 'vitest';
import type { StartedCluster } from '../cluster/kind.ts';
import { startingState } from './in-place.ts';

interface Live {
  image: string;
  revision: number;
  replicas: number;
  paused?: boolean;
  /** The revision that the ReplicaSet of image web:1 has by now; undefined: it is gone. */
  ofFirst?: number | undefined;
}

/** A live Deployment that was `then`, and is `now`. */
async function brought(now: Partial<Live>) {
  const then: Live = { image: 'web:1', revision: 3, replicas: 2, ofFirst: 3 };
  let live = then;
  const done: string[] = [];
  const revision = (number: number) => ({ 'deployment.kubernetes.io/revision': String(number) });
  const cluster = {
    name: 'prod',
    api: {
      async get(path: string) {
        const { image, replicas, paused } = live;
        if (path.endsWith('/deployments/web'))
          return {
            metadata: { name: 'web', uid: 'd', annotations: revision(live.revision) },
            spec: { replicas, paused, template: { image } },
          };
        const own = { uid: 'rs1', ownerReferences: [{ uid: 'd' }] };
        if (live.ofFirst === undefined) return { items: [] };
        return { items: [{ metadata: { ...own, name: 'web-1', annotations: revision(live.ofFirst) } }] };
      },
    },
    kubectl: async (args: string[]) => void done.push(args.join(' ')),
  } as unknown as StartedCluster;
  const { command, restore } = await startingState(cluster, { namespace: 'shop', deployment: 'web' });
  live = { ...then, ...now };
  await restore();
  return { command, done };
}

const WAITED = 'rollout status deployment/web --timeout=180s -n shop';

test('to the revision that it had, by the number that this has by now', async () => {
  const { command, done } = await brought({ image: 'web:2', revision: 5, ofFirst: 3 });
  expect(command).toBe('kubectl --context prod -n shop rollout undo deployment/web --to-revision=3');
  expect(done).toEqual(['rollout undo deployment/web --to-revision=3 -n shop', WAITED]);
});

test('nothing is undone where a rollback did it already, under a new number', async () => {
  expect((await brought({ image: 'web:1', revision: 5, ofFirst: 5 })).done).toEqual([WAITED]);
});

test('with as many replicas as it had, and not paused', async () => {
  const { done } = await brought({ image: 'web:2', revision: 4, replicas: 5, paused: true });
  expect(done).toEqual([
    'rollout resume deployment/web -n shop',
    'rollout undo deployment/web --to-revision=3 -n shop',
    'scale deployment/web --replicas=2 -n shop',
    WAITED,
  ]);
});

test('a revision that is gone is said to be', async () => {
  await expect(brought({ image: 'web:2', ofFirst: undefined })).rejects.toThrow(
    'the ReplicaSet web-1 of revision 3 is gone',
  );
});
