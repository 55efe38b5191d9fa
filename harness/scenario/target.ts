import { isIP, isIPv6 } from 'node:net';
import type { StartedCluster } from '../cluster/kind.ts';
import { CannotRun } from '../errors.ts';
import type { LoadPlan, Workload } from '../history/types.ts';

/** Where the load goes to. */
export interface Target {
  /** "http://10.96.0.7:80": scheme, host and port. */
  origin: string;
  /** The address whose connections the node tracks; undefined where it is a name. */
  tracked?: string;
}

interface ServiceObject {
  spec: { type: string; clusterIP: string; ports: { port: number; nodePort?: number }[] };
}

/**
 * The address that the clients call: the Service's own, its port on the control plane's node, or a URL that somebody gave.
 *
 * @throws CannotRun where the Service has no such address.
 */
export async function targetOf(
  { api }: Pick<StartedCluster, 'api'>,
  { namespace, service, port }: Pick<Workload, 'namespace' | 'service' | 'port'>,
  { target = 'service' }: Pick<LoadPlan, 'target'>,
): Promise<Target> {
  if (target !== 'service' && target !== 'nodePort') {
    const { origin, hostname } = new URL(target);
    return { origin, ...(isIP(hostname) === 0 ? {} : { tracked: hostname }) };
  }
  const { spec } = await api.get<ServiceObject>(`/api/v1/namespaces/${namespace}/services/${service}`);
  const called = spec.ports.find((one) => port === undefined || one.port === port);
  if (called === undefined) throw new CannotRun(`service.port: Service ${service} has no port ${port}`);
  if (spec.clusterIP === 'None')
    throw new CannotRun(`service.service: ${service} is headless: it has no address of its own`, {
      remedy: 'name the Service that clients call',
    });
  if (target === 'service') return { origin: originOf(spec.clusterIP, called.port), tracked: spec.clusterIP };
  if (called.nodePort === undefined)
    throw new CannotRun(`load.target: Service ${service} has no node port: its type is ${spec.type}`, {
      remedy: 'type: NodePort gives it one; without load.target the Service itself is called',
    });
  const node = await nodeAddress(api);
  return { origin: originOf(node, called.nodePort), tracked: node };
}

const originOf = (address: string, port: number): string =>
  `http://${isIPv6(address) ? `[${address}]` : address}:${port}`;

interface NodeList {
  items: {
    metadata: { labels?: Record<string, string> };
    status: { addresses?: { type: string; address: string }[] };
  }[];
}

const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

/** Of the node that clients call: the control plane, where there is one. */
async function nodeAddress(api: StartedCluster['api']): Promise<string> {
  const { items } = await api.get<NodeList>('/api/v1/nodes');
  const node = items.find(({ metadata }) => metadata.labels?.[CONTROL_PLANE] !== undefined) ?? items[0];
  const address = node?.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  if (address === undefined) throw new CannotRun('load.target: no node has an address');
  return address;
}
