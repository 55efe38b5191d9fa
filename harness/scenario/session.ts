import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StartedCluster } from '../cluster/kind.ts';
import { type Lock, lock } from '../cluster/lock.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { clusterFolder, forgetRun, runLockPath } from '../cluster/state.ts';
import { RUN_LABEL, releaseRun } from '../cluster/sweep.ts';
import { type ScenarioHistory, scenariosOf } from '../history/select.ts';
import type { ClusterFacts, History, Verdict } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { startHistory } from '../recorders/history-writer.ts';
import { junit } from '../report/junit.ts';
import { type JudgedRun, reportPage } from '../report/page/page.ts';
import { summary } from '../report/summary.ts';
import type { RunReport } from '../report/verdict.ts';
import { writeVerdict } from '../report/verdict-json.ts';
import type { RunContext } from './context.ts';
import { judgeAll } from './judge.ts';
import { clusterFacts, freshCluster, keptCluster, type StartedKept } from './run-cluster.ts';
import { compressHistory, createRunFolder, linkLatest, newRunId, readHistory } from './run-folder.ts';
import { historyFile } from './run-scenario.ts';

export interface SessionOptions {
  toolchain: Toolchain;
  kindConfig: string;
  /** Name of the cluster to work on, which stays; without, each number of nodes gets a fresh one. */
  cluster?: string;
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

export const VERSION: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

/** Takes the run's lock: from now on nobody sweeps what it makes. */
export async function startSession(options: SessionOptions): Promise<StartedSession> {
  const { toolchain, signal } = options;
  const epoch = new Date().toISOString();
  const run = newRunId();
  const held: Lock = await lock(runLockPath(run));
  const folder = join(options.out, run);
  let header: ClusterFacts | undefined;
  let cluster: StartedCluster | undefined;
  let kept: StartedKept | undefined;
  let released = false;

  async function begin(facts: ClusterFacts): Promise<void> {
    createRunFolder(options.out, run);
    const { selected } = options;
    const first = { type: 'history', schema: 1, rollproof: VERSION, run, epoch, cluster: facts, selected } as const;
    startHistory(historyFile(folder), first);
    header = facts;
  }

  function contextOn({ name }: StartedCluster, facts: ClusterFacts): RunContext {
    return {
      run,
      folder,
      epoch,
      root: options.root,
      cluster: {
        name,
        folder: clusterFolder(name),
        ...(isDeepStrictEqual(facts, header) ? {} : { facts }),
      },
      tools: { kind: toolchain.kind, kubectl: toolchain.kubectl },
      k6Image: toolchain.k6Image.ref,
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
      const settings = { run, nodes, toolchain, kindConfig: options.kindConfig, signal };
      if (options.cluster === undefined) cluster = await freshCluster(settings, progress);
      else {
        kept = await keptCluster({ ...settings, name: options.cluster }, progress);
        cluster = kept.cluster;
      }
      const facts = await clusterFacts(cluster, toolchain);
      if (header === undefined) await begin(facts);
      if (signal.aborted) throw signal.reason;
      const count = `${facts.nodes} node${facts.nodes === 1 ? '' : 's'}`;
      const words = `Cluster ${cluster.name}, ${count}${kept === undefined ? '' : kept.made ? ', made, and kept' : ', kept'}`;
      return { context: contextOn(cluster, facts), words };
    },
    async takeDown() {
      if (options.exportLogs && cluster !== undefined)
        await cluster.exportLogs(join(folder, 'diagnostics', cluster.name)).catch((error: Error) => {
          process.stderr.write(`rollproof: the logs of ${cluster?.name} could not be exported: ${error.message}\n`);
        });
      if (kept === undefined && !options.keep) await releaseRun(toolchain, run);
    },
    finish: async () => (header === undefined ? undefined : finish(options.out, run, folder)),
    async release() {
      if (released) return;
      released = true;
      // What is kept is its user's from now on: no later run sweeps it.
      if (!options.keep || header === undefined) await releaseRun(toolchain, run);
      kept?.lock.release();
      held.release();
      forgetRun(run);
    },
  };
}

async function finish(out: string, run: string, folder: string): Promise<RunReport> {
  await compressHistory(folder);
  const judged = judgeRun(folder);
  writeVerdict(folder, judged.report);
  // The verdict stands, whatever becomes of what tells it.
  await writeReports(folder, judged).catch((error: Error) => {
    process.stderr.write(
      `rollproof: a report could not be made: ${error.message}; try \`rollproof report ${folder}\`\n`,
    );
  });
  linkLatest(out, run);
  return judged.report;
}

/** Writes what people read: all of it is made of the verdict and the history. */
export async function writeReports(folder: string, judged: JudgedRun): Promise<void> {
  writeFileSync(join(folder, 'summary.md'), summary(judged.report));
  writeFileSync(join(folder, 'junit.xml'), junit(judged.report, relative('.', join(folder, 'report.html'))));
  writeFileSync(join(folder, 'report.html'), await reportPage(judged));
}

/** Judges a saved run. The same history and version give the same report, on any machine. */
export function judgeRun(folder: string): JudgedRun {
  const history = readHistory(folder);
  const histories = scenariosOf(history);
  return { report: reported(history, histories), histories };
}

export const reportOf = (folder: string): RunReport => judgeRun(folder).report;

function reported({ header }: History, histories: ScenarioHistory[]): RunReport {
  const { scenarios, verdict } = judgeAll(histories);
  const { run, epoch, rollproof, cluster, selected = [] } = header;
  const notRun = selected.filter((name) => !scenarios.some((one) => one.name === name));
  return {
    schema: 1,
    rollproof,
    run,
    startedAt: epoch,
    // What was not run can't pass.
    verdict: verdict === 'pass' && notRun.length > 0 ? 'inconclusive' : verdict,
    cluster: cluster ?? null,
    scenarios,
    ...(notRun.length > 0 ? { notRun } : {}),
  };
}

export const exitCodeOf = (verdict: Verdict): number => ({ pass: 0, fail: 1, inconclusive: 2 })[verdict];
