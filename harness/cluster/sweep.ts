import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { deleteKindCluster, kindClusters, kubeconfigOf, openKindCluster, type StartedCluster } from './kind.ts';
import { tryLock } from './lock.ts';
import { clusterFolder, contextNoteOf, forgetRun, keptClusterOf, runLockPath, unreleasedRuns } from './state.ts';

/** Everything that a run creates carries this label with the run's id; kind clusters carry the id in their name. */
export const RUN_LABEL = 'dev.rollproof.run';

/** On a node that a scenario cordoned: the namespace that it did so for. */
export const CORDONED_LABEL = 'dev.rollproof.cordoned';

export const clusterNameOf = (run: string): string => `rollproof-${run}`;

interface Tools {
  kind: string;
  kubectl: string;
}

/**
 * Removes what killed runs left behind: of each run whose lock is free, its containers first (the load has to stop
 * before its target goes), then its cluster, or what is its in a cluster that stays. A run that lives holds its lock;
 * what it owns is not touched.
 *
 * @returns one line for each thing removed, or that could not be: that is tried again the next time.
 */
export const sweep = (tools: Tools): Promise<string[]> =>
  // What a run on somebody's cluster left is found by its note: see sweep-context.ts.
  sweepRuns(
    (run) => contextNoteOf(run) === undefined,
    (run) => releaseRun(tools, run),
  );

/** Clears, and forgets, each run that is dead and that is `mine`. */
export async function sweepRuns(
  mine: (run: string) => boolean,
  clear: (run: string) => Promise<string[]>,
): Promise<string[]> {
  const removed: string[] = [];
  for (const run of unreleasedRuns().filter(mine)) {
    using lock = tryLock(runLockPath(run));
    if (lock === undefined) continue;
    try {
      removed.push(...(await clear(run)));
      forgetRun(run);
    } catch (error) {
      removed.push(`not all of run ${run} (${error instanceof Error ? error.message.split('\n')[0] : error})`);
    }
  }
  return removed;
}

/** Removes all that a run made; more than once does no harm. */
export async function releaseRun(tools: Tools, run: string): Promise<string[]> {
  const removed: string[] = [];
  const containers = await containersOf(run);
  if (containers.length > 0) {
    await removeContainers(run, containers);
    removed.push(`${containers.length} load containers of run ${run}`);
  }
  const clusters = await kindClusters();
  const name = clusterNameOf(run);
  if (clusters.includes(name)) removed.push(`the cluster ${name}`);
  await deleteKindCluster(tools.kind, name, clusterFolder(name));
  const kept = keptClusterOf(run);
  if (kept !== undefined && clusters.includes(kept) && existsSync(kubeconfigOf(clusterFolder(kept)))) {
    const cluster = await openKindCluster({ name: kept, folder: clusterFolder(kept), ...tools });
    removed.push(...(await clearOf(cluster, run)));
  }
  return removed;
}

const containersOf = async (run: string): Promise<string[]> =>
  lines((await execa('docker', ['ps', '-aq', '--filter', `label=${RUN_LABEL}=${run}`])).stdout);

/** Docker refuses to remove what somebody else is removing (a lane that ends at the same moment): then that is waited for. */
async function removeContainers(run: string, containers: string[]): Promise<void> {
  const deadline = performance.now() + REMOVAL_BUDGET_MS;
  for (let left = containers; left.length > 0; left = await containersOf(run)) {
    const { failed, shortMessage } = await execa('docker', ['rm', '-f', '-v', ...left], { reject: false, all: true });
    if (!failed) return;
    if (performance.now() > deadline)
      throw new Error(`${left.length} load containers of run ${run} stay: ${shortMessage}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const REMOVAL_BUDGET_MS = 30_000;

/**
 * What a run made in a cluster that stays: its namespaces, and what was held or cordoned on nodes for namespaces that are
 * its or are gone.
 */
async function clearOf({ kubectl, exec, nodes, name }: StartedCluster, run: string): Promise<string[]> {
  const get = async (...args: string[]) => lines(await kubectl(['get', ...args]));
  // Looked at before the namespaces are: another run may be making one.
  const cordoned = await get('nodes', '-l', CORDONED_LABEL, '-o', `jsonpath=${CORDONED}`);
  const logs = await Promise.all(
    nodes.map(async (node) => lines(await exec(['sh', '-c', `ls ${LOGS} || true`], node))),
  );
  const own = await get('namespaces', '-l', `${RUN_LABEL}=${run}`, '-o', `jsonpath=${NAMES}`);
  const others = (await get('namespaces', '-o', `jsonpath=${NAMES}`)).filter((one) => !own.includes(one));
  const over = (namespace: string) => !others.includes(namespace);

  for (const [node = '', namespace = ''] of cordoned.map((line) => line.split(' '))) {
    if (!over(namespace)) continue;
    await kubectl(['uncordon', node]);
    await kubectl(['label', 'node', node, `${CORDONED_LABEL}-`]);
  }
  for (const [index, node] of nodes.entries()) {
    const folders = logs[index]!.filter((folder) => over(folder) && !folder.startsWith('flows-'));
    if (folders.length > 0) await exec(['rm', '-rf', ...folders.map((folder) => `${LOGS}/${folder}`)], node);
  }
  if (own.length === 0) return [];
  await kubectl(['delete', 'namespace', ...own, '--ignore-not-found', '--wait=false']);
  // Nobody waits for what they still do: the run is over.
  for (const namespace of own)
    await kubectl(['delete', 'pods', '--all', '-n', namespace, '--grace-period=1', '--wait=false']);
  await kubectl(['delete', 'namespace', ...own, '--ignore-not-found', '--timeout=90s']);
  return [`${own.length} namespaces of run ${run} in the cluster ${name}`];
}

const NAMES = '{range .items[*]}{.metadata.name}{"\\n"}{end}';
const CORDONED = `{range .items[*]}{.metadata.name} {.metadata.labels.${CORDONED_LABEL.replaceAll('.', '\\.')}}{"\\n"}{end}`;

/** Where the recorders hold logs on a node, a folder for each namespace. */
const LOGS = '/var/log/rollproof';

const lines = (text: string): string[] => text.split('\n').filter(Boolean);
