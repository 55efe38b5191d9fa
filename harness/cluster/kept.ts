import { existsSync } from 'node:fs';
import { CannotRun } from '../errors.ts';
import { kindClusters, kubeconfigOf, type StartedCluster } from './kind.ts';
import { type Lock, tryLock } from './lock.ts';
import { clusterFolder, clusterLockPath } from './state.ts';

/**
 * Whether a cluster that is to stay is there.
 *
 * @throws CannotRun where one of that name is there that can't be worked on.
 */
export async function keptClusterExists(name: string): Promise<boolean> {
  if (!(await kindClusters()).includes(name)) return false;
  if (existsSync(kubeconfigOf(clusterFolder(name)))) return true;
  throw new CannotRun(`the kind cluster ${name} was not made by rollproof, or not to its end`, {
    remedy: `name another, or remove it: kind delete cluster --name ${name}`,
  });
}

/** @throws CannotRun where another process works on it. */
export function lockCluster(name: string): Lock {
  const lock = tryLock(clusterLockPath(name));
  if (lock !== undefined) return lock;
  throw new CannotRun(`another run works on the cluster ${name}`, {
    remedy: 'wait for its end, or name another: two at once would measure each other',
  });
}

/** @throws CannotRun where it has fewer nodes than that, or where not all of them run. */
export function provideNodes({ name, nodes }: Pick<StartedCluster, 'name' | 'nodes'>, wanted: number): void {
  if (nodes.length >= wanted) return;
  throw new CannotRun(
    `scenarios that are selected ask for ${wanted} nodes, and of the cluster ${name} ${nodes.length} run`,
    { remedy: `rollproof cluster down ${name}, then: rollproof cluster up ${name} --nodes ${wanted}` },
  );
}
