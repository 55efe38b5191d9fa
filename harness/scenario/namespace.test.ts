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
function clusterWith({ shop = true, objects = '', rights = true } = {}) {
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
      if (!rights && input.includes('"kind":"Namespace"')) throw new Error('namespaces is forbidden');
      return '';
    },
  } as unknown as StartedCluster;
  return { done, claim: { cluster, run: 'r1', labels: { run: 'r1' }, existing: true } };
}

const MADE = 'create -f - < {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","labels":{"run":"r1"}}}';

test('one of its own is made, and taken away with all that is in it', async () => {
  const { done, claim } = clusterWith({ shop: false });
  const namespace = await claimNamespace(claim, 'shop', true);
  await namespace.apply('web', 'no');
  await namespace.release();
  expect(done).toEqual([MADE, 'apply -n shop -f - < web', 'delete namespace shop --ignore-not-found --wait=false']);
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
    await namespace.apply('db', 'no');
    await namespace.apply('web', 'no');
    expect(appliedBy('r1')).toEqual(['db', 'web']);
    await namespace.release();
    expect(done.filter((line) => !line.startsWith('get'))).toEqual([
      'apply -n shop -f - < db',
      'apply -n shop -f - < web',
      'delete -n shop -f - --ignore-not-found --wait=false < web',
      'delete -n shop -f - --ignore-not-found --wait=false < db',
    ]);
  });

  test('is left alone where what is to be made is there already', async () => {
    const { done, claim } = clusterWith({ objects: 'deployment.apps/web\n' });
    const namespace = await claimNamespace(claim, 'shop', true);
    await expect(namespace.apply('web', 'no')).rejects.toThrow(
      'service.namespace: shop has deployment.apps/web already',
    );
    await namespace.release();
    expect(done.filter((line) => !line.startsWith('get'))).toEqual([]);
  });

  test('is taken to be there where nobody may look', async () => {
    const { done, claim } = clusterWith({ rights: false });
    await (await claimNamespace(claim, 'shop', true)).apply('web', 'no');
    expect(done).toContain('apply -n shop -f - < web');
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
