import { expect, test } from 'vitest';
import { ApiError } from '../cluster/api.ts';
import type { RunContext } from './context.ts';
import type { Place } from './place.ts';
import { mayApply, namespaceFor, provision } from './provision.ts';
import type { ServiceUnderTest } from './service.ts';

const context = { run: '20261129-120000-abcd', labels: { run: 'r' }, keep: false } as unknown as RunContext;
/** Nobody stops it. */
const { signal } = new AbortController();

/** A cluster of ours with nothing in it, and what kubectl was asked. */
function place() {
  const done: string[] = [];
  const cluster = {
    api: {
      async get() {
        throw new ApiError(404, 'GET', '{}');
      },
      async send(method: string, path: string) {
        done.push(`${method} ${path}`);
      },
    },
    async kubectl(args: string[]) {
      done.push(args.join(' '));
      return '';
    },
  };
  return { done, open: async () => ({ cluster, existing: false }) as unknown as Place };
}

const given = (fields: object) =>
  ({ deployment: 'web', service: 'web', images: [], ...fields }) as unknown as ServiceUnderTest;
const THERE = given({ live: { after: 'untouched' } });
const NAME = namespaceFor(context.run, 'a scenario');
const RELEASED = [
  `delete namespace ${NAME} --ignore-not-found --wait=false`,
  `DELETE /api/v1/namespaces/${NAME}/pods?gracePeriodSeconds=1`,
];

test('what was made is taken away when it is disposed of, once', async () => {
  const { done, open } = place();
  const made = await provision({ name: 'a scenario', definition: { given: THERE }, context, signal }, () => {}, open);
  expect(made.workload).toMatchObject({ namespace: NAME, deployment: 'web' });
  expect(done).toEqual(['create -f -']);
  await made[Symbol.asyncDispose]();
  await made[Symbol.asyncDispose]();
  expect(done.slice(1)).toEqual(RELEASED);
});

test('unless it is to be kept', async () => {
  const { done, open } = place();
  const kept = { ...context, keep: true };
  const made = await provision(
    { name: 'a scenario', definition: { given: THERE }, context: kept, signal },
    () => {},
    open,
  );
  await made[Symbol.asyncDispose]();
  expect(done).toEqual(['create -f -']);
});

test('where something can’t be made, nothing is left', async () => {
  const { done, open } = place();
  const broken = given({ manifests: '/no/such/folder' });
  await expect(
    provision({ name: 'a scenario', definition: { given: broken }, context, signal }, () => {}, open),
  ).rejects.toThrow();
  expect(done.slice(-2)).toEqual(RELEASED);
});

test.each([
  ['a sample service waits for nothing where there is one node: its pods do', 1, undefined, []],
  ['of several nodes it waits for all: its pods would go to the first', 3, undefined, ['nodes']],
  ['on a cluster whose nodes are out of reach too', 0, undefined, ['nodes']],
  ['a service of one’s own waits until the cluster is proven to work', 1, [], ['control']],
] as const)('%s', async (_, nodes, ownImages, waited) => {
  const asked: string[] = [];
  const at = {
    cluster: { nodes: Array.from({ length: nodes }, (_, i) => `node-${i}`) },
    nodesReady: async () => void asked.push('nodes'),
    control: async () => {
      asked.push('control');
      return { url: 'http://control' };
    },
  };
  await mayApply(at, ownImages === undefined ? {} : { ownImages: [...ownImages] });
  expect(asked).toEqual(waited);
});
