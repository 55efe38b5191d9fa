import { expect, test } from 'vitest';
import type { KubeApi } from './api.ts';
import type { StartedCluster } from './kind.ts';
import { bringBack, commandBack, startingState } from './way-back.ts';

interface Live {
  image: string;
  revision: number;
  replicas: number;
  paused?: boolean;
  /** The revision that the ReplicaSet of image web:1 has by now; undefined: it is gone. */
  ofFirst?: number | undefined;
}

const template = (image: string, labels: Record<string, string> = {}) => ({
  metadata: { labels: { app: 'web', ...labels } },
  spec: { containers: [{ image }] },
});

/** A live Deployment that was `then`, and is `now`. */
async function changed(now: Partial<Live>, before: Partial<Live> = {}, given = { scales: true, seconds: 180 }) {
  const then: Live = { image: 'web:1', revision: 3, replicas: 2, ofFirst: 3, ...before };
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
            spec: { replicas, paused, template: template(image) },
          };
        const own = { uid: 'rs1', ownerReferences: [{ uid: 'd' }] };
        if (live.ofFirst === undefined) return { items: [] };
        const spec = { template: template('web:1', { 'pod-template-hash': '5c7d' }) };
        return { items: [{ metadata: { ...own, name: 'web-1', annotations: revision(live.ofFirst) }, spec }] };
      },
    },
    kubectl: async (args: string[]) => void done.push(args.join(' ')),
  } as unknown as StartedCluster;
  const state = await startingState(cluster, { namespace: 'shop', deployment: 'web' }, given);
  live = { ...then, ...now };
  return {
    done,
    back: () => bringBack(cluster, state),
    command: () => commandBack(cluster.api, state),
    /** Where the cluster does not answer. */
    usual: () => commandBack({ get: () => Promise.reject(new Error('no answer')) } as unknown as KubeApi, state),
  };
}

const WAITED = 'rollout status deployment/web --timeout=180s -n shop';

/** What was done to bring it back, and what a person is told to call, call by call. */
async function brought(now: Partial<Live>, before: Partial<Live> = {}, given = { scales: true, seconds: 180 }) {
  const { done, back, command } = await changed(now, before, given);
  const told = await command();
  await back();
  return { done, told: told?.split(' && ').map((one) => one.replace('kubectl --context prod -n shop ', '')) };
}

const calls = (done: string[]) => done.map((one) => one.replace(' -n shop', ''));

test('to the revision that it had, by the number that this has by now', async () => {
  const { done, told } = await brought({ image: 'web:2', revision: 5, ofFirst: 4 });
  expect(done).toEqual(['rollout undo deployment/web --to-revision=4 -n shop', WAITED]);
  expect(told).toEqual(calls(done));
});

test('nothing is undone where a rollback did it already, under a new number', async () => {
  const { done, told } = await brought({ image: 'web:1', revision: 5, ofFirst: 5 });
  expect(done).toEqual([WAITED]);
  expect(told).toBeUndefined();
});

test('replicas that the run does not change are whoever changed them, an autoscaler, say; a slow service has its time', async () => {
  const { done, told } = await brought(
    { image: 'web:2', revision: 4, replicas: 8 },
    {},
    { scales: false, seconds: 600 },
  );
  expect(done).toEqual([
    'rollout undo deployment/web --to-revision=3 -n shop',
    'rollout status deployment/web --timeout=600s -n shop',
  ]);
  expect(told).toEqual(calls(done));
});

test('with as many replicas as it had, and not paused', async () => {
  const { done, told } = await brought({ image: 'web:2', revision: 4, replicas: 5, paused: true });
  expect(done).toEqual([
    'rollout resume deployment/web -n shop',
    'rollout undo deployment/web --to-revision=3 -n shop',
    'scale deployment/web --replicas=2 -n shop',
    WAITED,
  ]);
  expect(told).toEqual(calls(done));
});

test('paused where it was paused', async () => {
  const resumed = await brought({ image: 'web:2', revision: 4 }, { paused: true });
  expect(resumed.done).toEqual([
    'rollout resume deployment/web -n shop',
    'rollout undo deployment/web --to-revision=3 -n shop',
    WAITED,
    'rollout pause deployment/web -n shop',
  ]);
  expect(resumed.told).toEqual(calls(resumed.done));
  expect((await brought({ paused: false }, { paused: true })).done).toEqual(['rollout pause deployment/web -n shop']);
  // It is as it was; that it is rolled out nobody can wait for.
  expect((await brought({}, { paused: true })).done).toEqual([]);
  expect((await brought({ replicas: 4 }, { paused: true })).done).toEqual([
    'scale deployment/web --replicas=2 -n shop',
  ]);
});

test('a revision that is gone is said to be', async () => {
  const { back, command } = await changed({ image: 'web:2', ofFirst: undefined });
  await expect(back()).rejects.toThrow('the ReplicaSet web-1 of revision 3 is gone');
  expect(await command()).toBe('kubectl --context prod -n shop rollout undo deployment/web --to-revision=3');
});

test('where the cluster does not answer, it is what brings back a plain update', async () => {
  const { usual } = await changed({ image: 'web:2', revision: 4 });
  expect(await usual()).toBe('kubectl --context prod -n shop rollout undo deployment/web --to-revision=3');
});
