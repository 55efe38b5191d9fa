import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StartingState } from './way-back.ts';

/** What rollproof remembers on this machine: locks of runs, clusters, what set-up changed. */
export const stateFolder = (): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'rollproof');

/** A folder that nobody else on the machine can look into: evidence, credentials. What is above it is made as usual. */
export function privateFolder(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // One that an earlier version made, or that was made on the way to another.
  chmodSync(path, 0o700);
  return path;
}

/** Held while a run lives, and released by the kernel when it dies. Its file is what says that a run was never released. */
export function runLockPath(run: string): string {
  return join(stateRoom('runs'), `${run}.lock`);
}

/** Runs that have not been released: alive, or killed. */
export function unreleasedRuns(): string[] {
  const folder = join(stateFolder(), 'runs');
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.lock'))
      .map((name) => name.slice(0, -'.lock'.length));
  } catch {
    return [];
  }
}

export function forgetRun(run: string): void {
  for (const what of ['cluster', 'context', 'applied', 'restore']) rmSync(sidePath(run, what), { force: true });
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${runLockPath(run)}${suffix}`, { force: true });
}

/** That a run works on a cluster that stays: what it leaves there is found by this, should it be killed. */
export function noteKeptCluster(run: string, cluster: string): void {
  writeFileSync(keptClusterPath(run), cluster);
}

/** The kept cluster that an unreleased run works on; undefined where it has its own. */
export function keptClusterOf(run: string): string | undefined {
  try {
    return readFileSync(keptClusterPath(run), 'utf8');
  } catch {
    return undefined;
  }
}

/** What a run works on in a cluster that is somebody's. */
export interface ContextNote {
  context: string;
  /** Where it is not of the run's own. */
  namespace?: string;
}

export const noteContext = (run: string, note: ContextNote): void =>
  writeFileSync(sidePath(run, 'context'), JSON.stringify(note));

export function contextNoteOf(run: string): ContextNote | undefined {
  try {
    return JSON.parse(readFileSync(sidePath(run, 'context'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Manifests that a run applies to a namespace that is not its own. They may hold Secrets: nobody else may read them. */
export const noteApplied = (run: string, manifests: string[]): void =>
  writeFileSync(sidePath(run, 'applied'), JSON.stringify(manifests), { mode: 0o600 });

export function appliedBy(run: string): string[] {
  try {
    return JSON.parse(readFileSync(sidePath(run, 'applied'), 'utf8'));
  } catch {
    return [];
  }
}

/** How a live Deployment was that a run is about to change; undefined once it is so again. */
export function noteRestore(run: string, before: StartingState | undefined): void {
  if (before === undefined) rmSync(sidePath(run, 'restore'), { force: true });
  else writeFileSync(sidePath(run, 'restore'), JSON.stringify(before));
}

export function restoreOf(run: string): StartingState | undefined {
  try {
    return JSON.parse(readFileSync(sidePath(run, 'restore'), 'utf8'));
  } catch {
    return undefined;
  }
}

const sidePath = (run: string, what: string): string => runLockPath(run).replace(/\.lock$/, `.${what}`);

const keptClusterPath = (run: string): string => sidePath(run, 'cluster');

/** Held while a run works on a cluster that stays: two at once would measure each other. */
export const clusterLockPath = (name: string): string => join(stateFolder(), 'locks', `cluster-${name}.lock`);

/** A kubeconfig that names this context as the current one, and nothing else. */
export function contextFile(context: string): string {
  return join(stateRoom('contexts'), `${context.replace(/[^\w.-]/g, '_').slice(0, 200)}.yaml`);
}

const stateRoom = (name: string): string => privateFolder(join(privateFolder(stateFolder()), name));

/** Kubeconfig and kind configuration of one cluster. */
export const clusterFolder = (name: string): string => join(stateFolder(), 'clusters', name);

/** What can be made again: builds, tools, logs. */
export const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rollproof');
