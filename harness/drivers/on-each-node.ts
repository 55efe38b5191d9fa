import type { StartedWorkload } from './workload.ts';

/**
 * Runs a command in every node of the cluster.
 *
 * @param what is done by it, for the message where no node can be reached
 */
export async function onEachNode({ cluster }: StartedWorkload, what: string, command: string[]): Promise<void> {
  if (cluster.nodes.length === 0) throw new Error(`${what}: the nodes are out of reach`);
  await Promise.all(cluster.nodes.map((node) => cluster.exec(command, node)));
}
