import { expect, test } from 'vitest';
import type { WorkloadView } from '../drivers/workload.ts';
import { addressesIn, areEndpoints, proxiesKnow } from './proxies.ts';

/** As kube-proxy 1.37 writes them, but for chains' names. */
const rules = (service: string, addresses: string[]) =>
  [
    `-A KUBE-SERVICES -d 10.96.80.159/32 -p tcp -m comment --comment "${service} cluster IP" -m tcp --dport 80 -j KUBE-SVC-A`,
    ...addresses.flatMap((address, i) => [
      `-A KUBE-SEP-${i} -s ${address}/32 -m comment --comment "${service}" -j KUBE-MARK-MASQ`,
      `-A KUBE-SEP-${i} -p tcp -m comment --comment "${service}" -m tcp -j DNAT --to-destination ${address}:8000`,
      `-A KUBE-SVC-A -m comment --comment "${service} -> ${address}:8000" -m statistic --mode random --probability 0.5 -j KUBE-SEP-${i}`,
    ]),
  ].join('\n');

test('the addresses are those of one Service alone, whatever its port is called', () => {
  const all = [
    rules('shop/web', ['10.244.0.17', '10.244.0.18']),
    rules('shop/web:http', ['10.244.0.19']),
    rules('shop/web-canary', ['10.244.0.20']),
    rules('other/shop/web', ['10.244.0.21']),
  ].join('\n');
  expect([...addressesIn(all, 'shop/web')]).toEqual(['10.244.0.17', '10.244.0.18', '10.244.0.19']);
});

const endpoint = (address: string, ready?: boolean) => ({
  addresses: [address],
  ...(ready === undefined ? {} : { conditions: { ready } }),
});

/** Nodes whose rules are another at each look; the last of them stays. */
function cluster(looks: string[][], endpoints = [endpoint('10.244.0.17', true), endpoint('10.244.0.18')]) {
  const asked: string[] = [];
  let look = 0;
  const nodes = looks[0]!.map((_, i) => `node-${i}`);
  return {
    asked,
    nodes,
    api: {
      async get(path: string) {
        asked.push(path);
        return { items: [{ endpoints }, { endpoints: null }] };
      },
    },
    async exec(args: string[], node?: string) {
      expect(args).toEqual(['iptables-save', '-t', 'nat']);
      const index = nodes.indexOf(node!);
      const now = looks[Math.min(look, looks.length - 1)]![index]!;
      if (index === nodes.length - 1) look += 1;
      return now;
    },
  } as unknown as Parameters<typeof proxiesKnow>[0] & { asked: string[] };
}

const workload = { namespace: 'shop', service: 'web' };
const { signal } = new AbortController();
const both = rules('shop/web', ['10.244.0.17', '10.244.0.18']);
const one = rules('shop/web', ['10.244.0.17']);
const three = rules('shop/web', ['10.244.0.17', '10.244.0.18', '10.244.0.19']);

/** How often it looked. */
async function looks(at: ReturnType<typeof cluster>, complete = () => true): Promise<number> {
  await proxiesKnow(at, workload, complete, signal);
  return at.asked.length;
}

test('it is over as soon as the rules of every node name the endpoints, and no others', async () => {
  expect(await looks(cluster([[both]]))).toBe(1);
  expect(await looks(cluster([[one], [three], [both]]))).toBe(3);
  expect(
    await looks(
      cluster([
        [both, one],
        [both, both],
      ]),
    ),
  ).toBe(2);
});

test('an endpoint that is not ready is not looked for', async () => {
  expect(await looks(cluster([[one]], [endpoint('10.244.0.17', true), endpoint('10.244.0.18', false)]))).toBe(1);
});

test('nothing is looked at before the endpoints are those that they are to be', async () => {
  let calls = 0;
  const at = cluster([[both]]);
  expect(await looks(at, () => ++calls === 3)).toBe(1);
  expect(calls).toBe(3);
  expect(at.asked).toEqual([
    '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dweb',
  ]);
});

test.for([
  ['whose rules are never those', cluster([[one]])],
  ['whose Service has no endpoint', cluster([['']], [])],
  ['whose nodes are out of reach', { ...cluster([['']]), nodes: [] }],
  ['whose nodes do not answer', { ...cluster([[both]]), exec: () => new Promise<string>(() => {}) }],
  [
    'whose nodes do not have the command',
    { ...cluster([[both]]), exec: () => Promise.reject(new Error('no such command')) },
  ],
] as [string, Parameters<typeof proxiesKnow>[0]][])(
  'of a cluster %s, it is waited for as long as proxies ever need',
  async ([, at]) => {
    const begun = performance.now();
    await proxiesKnow(at, workload, () => true, signal);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2_900);
  },
);

test('it ends when the run is stopped, also while a node does not answer', async () => {
  for (const exec of [async () => one, () => new Promise<string>(() => {})]) {
    const stop = new AbortController();
    const waiting = proxiesKnow({ ...cluster([[one]]), exec }, workload, () => true, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  }
});

test('the endpoints are there once each Deployment has as many as it wants pods', () => {
  const view = (endpoints: Record<string, number>) =>
    ({
      pods: (name: string) => (name === 'gone' ? undefined : { wanted: name === 'canary' ? 0 : 3 }),
      endpoints: (name: string) => endpoints[name] ?? 0,
    }) as unknown as WorkloadView;
  expect(areEndpoints(view({ web: 3 }), ['web', 'canary'])).toBe(true);
  expect(areEndpoints(view({ web: 2 }), ['web', 'canary'])).toBe(false);
  expect(areEndpoints(view({ web: 3, canary: 1 }), ['web', 'canary'])).toBe(false);
  expect(areEndpoints(view({ web: 3 }), ['web', 'gone'])).toBe(false);
});
