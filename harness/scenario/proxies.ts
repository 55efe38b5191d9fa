import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { StartedCluster } from '../cluster/kind.ts';
import { PROXIES_KNOW_MS } from '../drivers/proxies.ts';
import type { WorkloadView } from '../drivers/workload.ts';
import type { Workload } from '../history/types.ts';
import { aborted } from './until.ts';

const LOOK_EVERY_MS = 150;

type Nodes = Pick<StartedCluster, 'api' | 'exec' | 'nodes'>;

/**
 * Waits until the rules of each node's kube-proxy name the endpoints of a Service, and no others: load that came before would
 * find one pod only, and kept connections stay where they are (with 132 of them, a waitress, which takes 100, stopped
 * accepting). Where nobody can look (nodes out of reach, IPv6, another mode than iptables), it waits for as long as proxies ever need.
 *
 * @param complete whether the Service's endpoints are those that it is to have
 */
export async function proxiesKnow(
  cluster: Nodes,
  workload: Pick<Workload, 'namespace' | 'service'>,
  complete: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  // What can't be looked at, or does not answer, is waited for.
  const look = async () => complete() && (await allKnow(cluster, workload).catch(() => false));
  const over = Promise.race([sleep(PROXIES_KNOW_MS), aborted(signal)]).then(() => true);
  while (!(await Promise.race([over, look()]))) await Promise.race([over, sleep(LOOK_EVERY_MS)]);
}

/** Each pod that these Deployments want is a ready endpoint of the Service. */
export const areEndpoints = ({ pods, endpoints }: WorkloadView, deployments: string[]): boolean =>
  deployments.every((name) => endpoints(name) === pods(name)?.wanted);

interface Slices {
  items: { endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[] | null }[];
}

async function allKnow({ api, exec, nodes }: Nodes, { namespace, service }: Pick<Workload, 'namespace' | 'service'>) {
  if (nodes.length === 0) return false;
  const selector = encodeURIComponent(`kubernetes.io/service-name=${service}`);
  const { items } = await api.get<Slices>(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`,
  );
  const wanted = new Set(
    items
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready !== false)
      .flatMap(({ addresses }) => addresses),
  );
  const rules = await Promise.all(nodes.map((node) => exec(['iptables-save', '-t', 'nat'], node)));
  return (
    wanted.size > 0 && rules.every((one) => isDeepStrictEqual(addressesIn(one, `${namespace}/${service}`), wanted))
  );
}

/** Where kube-proxy's rules send what is for a Service: the addresses in `--comment "shop/web:http -> 10.244.0.17:8000"`. */
export function addressesIn(rules: string, service: string): Set<string> {
  const sent = new RegExp(`--comment "${service}(?::[^" ]+)? -> ([0-9.]+):\\d+"`, 'g');
  return new Set([...rules.matchAll(sent)].map(([, address]) => address!));
}
