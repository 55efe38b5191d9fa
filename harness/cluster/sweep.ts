import { execa } from 'execa';
import { deleteKindCluster, kindClusters } from './kind.ts';
import { tryLock } from './lock.ts';
import { clusterFolder, forgetRun, runLockPath, unreleasedRuns } from './state.ts';

/** Everything that a run creates carries this label with the run's id; kind clusters carry the id in their name. */
export const RUN_LABEL = 'dev.rollproof.run';

export const clusterNameOf = (run: string): string => `rollproof-${run}`;

/**
 * Removes what killed runs left behind: of each run whose lock is free, its containers first (the load has to stop
 * before its target goes), then its cluster. A run that lives holds its lock; what it owns is not touched.
 *
 * @returns one line for each thing removed.
 */
export async function sweep(kind: string): Promise<string[]> {
  const removed: string[] = [];
  for (const run of unreleasedRuns()) {
    using lock = tryLock(runLockPath(run));
    if (lock === undefined) continue;
    removed.push(...(await releaseRun(kind, run)));
    forgetRun(run);
  }
  return removed;
}

/** Removes all that a run made; more than once does no harm. */
export async function releaseRun(kind: string, run: string): Promise<string[]> {
  const removed: string[] = [];
  const { stdout } = await execa('docker', ['ps', '-aq', '--filter', `label=${RUN_LABEL}=${run}`]);
  const containers = stdout.split('\n').filter(Boolean);
  if (containers.length > 0) {
    await execa('docker', ['rm', '-f', '-v', ...containers]);
    removed.push(`${containers.length} load containers of run ${run}`);
  }
  const name = clusterNameOf(run);
  if ((await kindClusters()).includes(name)) removed.push(`the cluster ${name}`);
  await deleteKindCluster(kind, name, clusterFolder(name));
  return removed;
}
