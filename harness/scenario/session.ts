import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StartedCluster } from '../cluster/kind.ts';
import { type Lock, lock } from '../cluster/lock.ts';
import { forgetRun, runLockPath } from '../cluster/state.ts';
import { RUN_LABEL } from '../cluster/sweep.ts';
import { CannotRun } from '../errors.ts';
import type { ClusterFacts } from '../history/types.ts';
import { startHistory } from '../recorders/history-writer.ts';
import type { RunReport } from '../report/verdict.ts';
import { writeVerdict } from '../report/verdict-json.ts';
import { VERSION } from '../version.ts';
import type { ClusterSource, Ready } from './cluster-source.ts';
import type { RunContext } from './context.ts';
import { compressHistory, createRunFolder, isRunFolder, linkLatest, newRunId } from './run-folder.ts';
import { historyFile } from './run-scenario.ts';
import { judgeRun, writeReports } from './saved-run.ts';

export interface SessionOptions {
  source: ClusterSource;
  /** Parent of run folders. */
  out: string;
  /** What the paths of scenario files are relative to. */
  root: string;
  /** Names of the scenarios that are to be run. */
  selected: string[];
  rate?: number;
  keep: boolean;
  proveFix: boolean;
  /** Keeps `kind export logs` of each cluster in the run folder. */
  exportLogs: boolean;
  /** Tells people of what went wrong beside the run. */
  warn(words: string): void;
  signal: AbortSignal;
}

/** A run that holds its lock. Scenarios can be executed in the context that a cluster gives. */
export interface StartedSession {
  readonly run: string;
  readonly folder: string;
  /** The one that is up, or was last. */
  cluster(): StartedCluster | undefined;
  /**
   * Brings a cluster up that has so many nodes; the first one begins the run folder.
   *
   * @returns the context for scenarios, and words about the cluster.
   */
  bringUp(nodes: number, progress: (text: string) => void): Promise<{ context: RunContext; words: string }>;
  /** Deletes the cluster that is up, unless it stays. */
  takeDown(): Promise<void>;
  /** Writes the reports from what is on disk, and points `latest` at them. Undefined where nothing was begun. */
  finish(): Promise<RunReport | undefined>;
  /** Deletes what the run made, unless it is kept. More than once does no harm. */
  release(): Promise<void>;
}

/** Takes the run's lock: from now on nobody sweeps what it makes. */
export async function startSession(options: SessionOptions): Promise<StartedSession> {
  const { source, signal } = options;
  const epoch = new Date().toISOString();
  const run = newRunId();
  const held: Lock = await lock(runLockPath(run));
  const folder = join(options.out, run);
  let header: ClusterFacts | undefined;
  let cluster: StartedCluster | undefined;
  let released = false;

  async function begin(facts: ClusterFacts): Promise<void> {
    createRunFolder(options.out, run);
    const { selected } = options;
    const first = {
      type: 'history',
      schema: 1,
      rollproof: VERSION,
      run,
      epoch,
      cluster: facts,
      numbered: true,
      selected,
    } as const;
    startHistory(historyFile(folder), first);
    header = facts;
  }

  function contextOn({ facts, place }: Ready): RunContext {
    return {
      run,
      folder,
      epoch,
      root: options.root,
      ...place,
      cluster: { ...place.cluster, ...(isDeepStrictEqual(facts, header) ? {} : { facts }) },
      labels: { [RUN_LABEL]: run },
      ...(options.rate === undefined ? {} : { rate: options.rate }),
      keep: options.keep,
      proveFix: options.proveFix,
    };
  }

  return {
    run,
    folder,
    cluster: () => cluster,
    async bringUp(nodes, progress) {
      const ready = await source.bringUp(run, nodes, signal, progress);
      cluster = ready.cluster;
      if (signal.aborted) throw signal.reason;
      if (header === undefined) await begin(ready.facts);
      return { context: contextOn(ready), words: ready.words };
    },
    async takeDown() {
      if (options.exportLogs && cluster !== undefined)
        await cluster.exportLogs(join(folder, 'diagnostics', logsOf(cluster))).catch((error: Error) => {
          options.warn(`the logs of ${cluster?.name} could not be exported: ${error.message}`);
        });
      if (!options.keep) await source.takeDown(run);
    },
    finish: async () => (header === undefined ? undefined : finish(options, run, folder)),
    async release() {
      if (released) return;
      released = true;
      // What is kept is its user's from now on: no later run sweeps it.
      if (!options.keep || header === undefined) await source.release(run);
      source.dispose();
      held.release();
      forgetRun(run);
    },
  };
}

/** All clusters of a run have its name: how many nodes they have tells them apart. */
const logsOf = ({ name, nodes }: StartedCluster): string =>
  `${name}-${nodes.length}-node${nodes.length === 1 ? '' : 's'}`;

async function finish({ out, warn }: SessionOptions, run: string, folder: string): Promise<RunReport> {
  if (!isRunFolder(folder))
    throw new CannotRun(`the evidence is gone: somebody removed ${historyFile(folder)} while the run was going on`, {
      remedy: 'run again, with another --out',
    });
  await compressHistory(folder);
  const judged = await judgeRun(folder);
  writeVerdict(folder, judged.report);
  // The verdict stands, whatever becomes of what tells it.
  await writeReports(folder, judged).catch((error: Error) => {
    warn(`a report could not be made: ${error.message}; try \`rollproof report ${folder}\``);
  });
  linkLatest(out, run);
  return judged.report;
}
