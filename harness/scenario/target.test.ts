import { expect, test } from 'vitest';
import type { KubeApi } from '../cluster/api.ts';
import type { LoadPlan } from '../history/types.ts';
import { targetOf } from './target.ts';

const control = { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } };
const at = (address: string) => ({
  status: {
    addresses: [
      { type: 'Hostname', address: 'n' },
      { type: 'InternalIP', address },
    ],
  },
});

/** A Service as the apiserver has it, and where it is called. */
function targeted(
  spec: object,
  { target, port }: { target?: LoadPlan['target']; port?: number } = {},
  nodes: object[] = [],
) {
  const api = {
    get: async (path: string) => (path.endsWith('/nodes') ? { items: nodes } : { spec }),
  } as unknown as KubeApi;
  const workload = { namespace: 'shop', service: 'web', ...(port === undefined ? {} : { port }) };
  return targetOf({ api }, workload, target === undefined ? {} : { target });
}

const ports = [{ port: 80, nodePort: 30_080 }, { port: 9090 }];
const V4 = { type: 'ClusterIP', clusterIP: '10.96.0.7', ports };

test('the address of the Service, at its first port or the one that is named', async () => {
  expect(await targeted(V4)).toEqual({ origin: 'http://10.96.0.7:80', tracked: '10.96.0.7' });
  expect(await targeted(V4, { port: 9090 })).toMatchObject({ origin: 'http://10.96.0.7:9090' });
  expect(await targeted({ ...V4, clusterIP: 'fd00::7' })).toEqual({
    origin: 'http://[fd00::7]:80',
    tracked: 'fd00::7',
  });
});

test('its port on the control plane, where there is one', async () => {
  const nodes = [
    { metadata: {}, ...at('172.18.0.3') },
    { ...control, ...at('172.18.0.2') },
  ];
  const nodePort = { target: 'nodePort' } as const;
  expect(await targeted(V4, nodePort, nodes)).toEqual({ origin: 'http://172.18.0.2:30080', tracked: '172.18.0.2' });
  expect(await targeted(V4, nodePort, nodes.slice(0, 1))).toMatchObject({ origin: 'http://172.18.0.3:30080' });
  await expect(targeted(V4, nodePort)).rejects.toThrow('load.target: no node has an address');
  await expect(targeted(V4, { ...nodePort, port: 9090 }, nodes)).rejects.toThrow(
    'has no node port: its type is ClusterIP',
  );
});

test('a URL that somebody gave, of which only the address of a node can be tracked', async () => {
  expect(await targeted({}, { target: 'https://shop.test/x' })).toEqual({ origin: 'https://shop.test' });
  const address = await targeted({}, { target: 'http://127.0.0.1:8080' });
  expect(address).toEqual({ origin: 'http://127.0.0.1:8080', tracked: '127.0.0.1' });
});

test('what has no address is refused', async () => {
  await expect(targeted(V4, { port: 81 })).rejects.toThrow('service.port: Service web has no port 81');
  await expect(targeted({ ...V4, clusterIP: 'None' })).rejects.toThrow('web is headless');
});
