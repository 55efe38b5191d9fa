import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../cluster/api.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { appliedBy } from '../cluster/state.ts';
import { claimNamespace } from './namespace.ts';

vi.stubEnv('XDG_STATE_HOME', mkdtempSync(join(tmpdir(), 'rollproof-state-')));

/** A cluster in which there is a namespace `shop`, or not, and `objects` in it. */
function clusterWith({ shop = true, objects = '', rights = true, resources = () => RESOURCES } = {}) {
  const done: string[] = [];
  const cluster = {
    api: {
      async get() {
        if (!rights) throw new ApiError(403, 'GET', '{}');
        if (!shop) throw new ApiError(404, 'GET', '{}');
        return { metadata: {} };
      },
    },
    async kubectl(args: string[], { input = '' } = {}) {
      done.push(`${args.join(' ')}${input === '' ? '' : ` < ${input}`}`);
      if (args[0] === 'get') return objects;
      if (args[0] === 'api-resources') return resources();
      if (args[0] === 'apply') return names(input);
      if (!rights && input.includes('"kind":"Namespace"')) throw new Error('namespaces is forbidden');
      return '';
    },
  } as unknown as StartedCluster;
  return { done, claim: { cluster, run: 'r1', labels: { run: 'r1' }, existing: true } };
}

const RESOURCES = `namespaces                       ns           v1                             false   Namespace
clusterroles                                  rbac.authorization.k8s.io/v1   false   ClusterRole
`;

/** Manifests, as they are rendered. */
const list = (...items: [apiVersion: string, kind: string, name: string][]) =>
  JSON.stringify({
    kind: 'List',
    items: items.map(([apiVersion, kind, name]) => ({ apiVersion, kind, metadata: { name } })),
  });
const DB = list(['v1', 'Service', 'db']);
const WEB = list(['v1', 'Service', 'web']);

const names = (manifests: string) =>
  (JSON.parse(manifests).items as { kind: string; metadata: { name: string } }[])
    .map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}\n`)
    .join('');

const MADE = 'create -f - < {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"run":"r1"}}}';

test('one of its own is made, and taken away with all that is in it', async () => {
  const { done, claim } = clusterWith({ shop: false });
  const namespace = await claimNamespace(claim, 'shop', true);
  await namespace.apply(WEB, 'no');
  await namespace.release();
  expect(done).toEqual([
    MADE,
    'api-resources --namespaced=false --no-headers',
    `apply -n shop -f - -o name < ${WEB}`,
    'delete namespace shop --ignore-not-found --wait=false',
  ]);
});

describe('what is in no namespace', () => {
  const ROLE = list(['v1', 'Service', 'web'], ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'reader']);

  test('is refused on a cluster that is somebody’s: it would be changed, and stay', async () => {
    const { done, claim } = clusterWith({ shop: false });
    const namespace = await claimNamespace(claim, 'shop', true);
    await expect(namespace.apply(ROLE, 'no')).rejects.toThrow('manifests: ClusterRole reader is in no namespace');
    expect(done.some((line) => line.startsWith('apply'))).toBe(false);
  });

  test('also where one of the apiservers does not answer', async () => {
    const resources = () => {
      throw Object.assign(new Error('exit code 1'), { stdout: RESOURCES });
    };
    const { claim } = clusterWith({ shop: false, resources });
    const namespace = await claimNamespace(claim, 'shop', true);
    await expect(namespace.apply(ROLE, 'no')).rejects.toThrow('ClusterRole reader');
  });

  test('nothing is applied where nobody says what is in none', async () => {
    const resources = () => {
      throw Object.assign(new Error('exit code 1'), { stdout: '' });
    };
    const { done, claim } = clusterWith({ shop: false, resources });
    const namespace = await claimNamespace(claim, 'shop', true);
    await expect(namespace.apply(WEB, 'no')).rejects.toThrow('does not say which kinds are in no namespace');
    expect(done.some((line) => line.startsWith('apply'))).toBe(false);
  });

  test('is made on a cluster of ours', async () => {
    const { done, claim } = clusterWith({ shop: false });
    await (await claimNamespace({ ...claim, existing: false }, 'shop', true)).apply(ROLE, 'no');
    expect(done.at(-1)).toBe(`apply -n shop -f - -o name < ${ROLE}`);
  });
});

test('on a cluster of ours, nobody waits for the grace periods of its pods', async () => {
  const { done, claim } = clusterWith({ shop: false });
  const namespace = await claimNamespace({ ...claim, existing: false }, 'shop', true);
  // A service that could not be reached, or said no, would only take longer.
  claim.cluster.api.send = async (method, path) => {
    done.push(`${method} ${path}`);
    throw new ApiError(404, method, '{}');
  };
  await namespace.release();
  expect(done).toEqual([
    MADE,
    'delete namespace shop --ignore-not-found --wait=false',
    'DELETE /api/v1/namespaces/shop/pods?gracePeriodSeconds=1',
  ]);
});

describe('one that is there, on a cluster that is somebody’s', () => {
  test('keeps what was in it: what is made there is taken away one by one, the last first', async () => {
    const { done, claim } = clusterWith();
    const namespace = await claimNamespace(claim, 'shop', true);
    await namespace.apply(DB, 'no');
    await namespace.apply(WEB, 'no');
    expect(appliedBy('r1')).toEqual([DB, WEB]);
    await namespace.release();
    expect(done.filter((line) => !line.startsWith('get'))).toEqual([
      `apply -n shop -f - -o name < ${DB}`,
      `apply -n shop -f - -o name < ${WEB}`,
      `delete -n shop -f - --ignore-not-found --wait=false < ${WEB}`,
      `delete -n shop -f - --ignore-not-found --wait=false < ${DB}`,
    ]);
  });

  test('what the environment has made, the service may name too', async () => {
    const { done, claim } = clusterWith();
    const namespace = await claimNamespace(claim, 'shop', true);
    await namespace.apply(DB, 'no');
    const { kubectl } = claim.cluster;
    claim.cluster.kubectl = (args, options) =>
      args[0] === 'get' ? Promise.resolve('service/db\n') : kubectl(args, options);
    await namespace.apply(DB, 'no');
    expect(done.filter((line) => line.startsWith('apply'))).toHaveLength(2);
  });

  test('is left alone where what is to be made is there already', async () => {
    const { done, claim } = clusterWith({ objects: 'deployment.apps/web\n' });
    const namespace = await claimNamespace(claim, 'shop', true);
    await expect(namespace.apply(WEB, 'no')).rejects.toThrow('service.namespace: shop has deployment.apps/web already');
    await namespace.release();
    expect(done.filter((line) => !line.startsWith('get'))).toEqual([]);
  });

  test('is taken to be there where nobody may look', async () => {
    const { done, claim } = clusterWith({ rights: false });
    await (await claimNamespace(claim, 'shop', true)).apply(WEB, 'no');
    expect(done).toContain(`apply -n shop -f - -o name < ${WEB}`);
  });

  test('is refused on a cluster of ours: nothing of that name should be there', async () => {
    const { claim } = clusterWith();
    await expect(claimNamespace({ ...claim, existing: false }, 'shop', true)).rejects.toThrow(
      'service.namespace: there is a namespace shop already',
    );
  });
});

test('whoever may make none is told what to do', async () => {
  const { claim } = clusterWith({ rights: false });
  await expect(claimNamespace(claim, 'own-1', false)).rejects.toMatchObject({
    message: "a namespace can't be made: namespaces is forbidden",
    remedy: expect.stringContaining('service.namespace names one that is there'),
  });
});
