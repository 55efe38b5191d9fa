import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import { createKindCluster, type StartedCluster } from '../cluster/kind.ts';
import { readKindConfig } from '../cluster/kind-config.ts';
import { type Lock, lock } from '../cluster/lock.ts';
import { proveReady } from '../cluster/readiness.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { clusterFolder, forgetRun, runLockPath } from '../cluster/state.ts';
import { clusterNameOf, RUN_LABEL, releaseRun } from '../cluster/sweep.ts';
import type { ClusterFacts, Verdict } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { startHistory } from '../recorders/history-writer.ts';
import { junit } from '../report/junit.ts';
import { summary } from '../report/summary.ts';
import type { RunReport } from '../report/verdict.ts';
import { writeVerdict } from '../report/verdict-json.ts';
import type { RunContext } from './context.ts';
import { CONTROL } from './control-service.ts';
import { judge } from './judge.ts';
import { compressHistory, createRunFolder, linkLatest, newRunId, readHistory } from './run-folder.ts';
import { historyFile } from './run-scenario.ts';

export interface SessionOptions {
  toolchain: Toolchain;
  kindConfig: string;
  /** Parent of run folders. */
  out: string;
  rate?: number;
  keep: boolean;
  proveFix: boolean;
  signal: AbortSignal;
}

/** A run whose cluster is up: scenarios can be executed in its context. */
export interface StartedSession {
  readonly run: string;
  readonly folder: string;
  readonly context: RunContext;
  readonly cluster: StartedCluster;
  /** Writes the reports from what is on disk, and points `latest` at them. */
  finish(): Promise<RunReport>;
  /** Deletes what the run made, unless it is kept. More than once does no harm. */
  release(): Promise<void>;
}

export const VERSION: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

/**
 * Takes the run's lock and brings its cluster up. What was made is removed again when that fails, so that exit 3 leaves
 * nothing behind.
 */
export async function startSession(options: SessionOptions, progress: (text: string) => void): Promise<StartedSession> {
  const { toolchain, signal } = options;
  const startedAt = new Date().toISOString();
  const run = newRunId();
  const held: Lock = await lock(runLockPath(run));
  let released = false;
  const release = async () => {
    if (released) return;
    released = true;
    await releaseRun(toolchain.kind, run);
    held.release();
    forgetRun(run);
  };
  try {
    const cluster = await bringUp(options, run, progress);
    const folder = createRunFolder(options.out, run);
    const facts = await factsOf(cluster, options);
    startHistory(historyFile(folder), {
      type: 'history',
      schema: 1,
      rollproof: VERSION,
      run,
      epoch: startedAt,
      cluster: facts,
    });
    if (signal.aborted) throw signal.reason;
    return {
      run,
      folder,
      cluster,
      context: {
        run,
        folder,
        epoch: startedAt,
        cluster: { name: cluster.name, folder: clusterFolder(cluster.name) },
        tools: { kind: toolchain.kind, kubectl: toolchain.kubectl },
        k6Image: toolchain.k6Image.ref,
        labels: { [RUN_LABEL]: run },
        ...(options.rate === undefined ? {} : { rate: options.rate }),
        keep: options.keep,
        proveFix: options.proveFix,
      },
      finish: () => finish(options.out, run, folder),
      release: options.keep ? async () => keep(run, held) : release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function bringUp(
  { toolchain, kindConfig, signal }: SessionOptions,
  run: string,
  progress: (text: string) => void,
) {
  const name = clusterNameOf(run);
  progress('kind create cluster');
  const cluster = await createKindCluster({
    name,
    config: kindConfig,
    folder: clusterFolder(name),
    kind: toolchain.kind,
    kubectl: toolchain.kubectl,
    nodeImage: toolchain.nodeImage.ref,
    cgroupVersion: toolchain.cgroupVersion,
    signal,
  });
  const { ref } = await ensureFixtureImage(CONTROL.image.service, CONTROL.image.version, progress);
  const manifests = join(packageRoot, 'fixtures/manifests', CONTROL.manifests);
  await proveReady(cluster, { ...CONTROL, image: ref, manifests, labels: { [RUN_LABEL]: run } }, progress);
  return cluster;
}

async function factsOf(cluster: StartedCluster, { toolchain, kindConfig }: SessionOptions): Promise<ClusterFacts> {
  const { gitVersion } = await cluster.api.get<{ gitVersion: string }>('/version');
  return {
    provider: 'kind',
    version: gitVersion,
    nodes: cluster.nodes.length,
    nodeImage: toolchain.nodeImage.origin,
    proxyMode: readKindConfig(kindConfig).networking?.kubeProxyMode ?? 'iptables',
  };
}

/** A kept cluster is its user's from now on: no later run sweeps it. */
function keep(run: string, held: Lock): void {
  held.release();
  forgetRun(run);
}

async function finish(out: string, run: string, folder: string): Promise<RunReport> {
  await compressHistory(folder);
  const report = reportOf(folder);
  writeVerdict(folder, report);
  writeFileSync(join(folder, 'summary.md'), summary(report));
  writeFileSync(join(folder, 'junit.xml'), junit(report));
  linkLatest(out, run);
  return report;
}

/** Judges a saved run. The same history and version give the same report, on any machine. */
export function reportOf(folder: string): RunReport {
  const history = readHistory(folder);
  const { scenarios, verdict } = judge(history);
  const { run, epoch, rollproof, cluster } = history.header;
  return { schema: 1, rollproof, run, startedAt: epoch, verdict, cluster: cluster ?? null, scenarios };
}

export const exitCodeOf = (verdict: Verdict): number => ({ pass: 0, fail: 1, inconclusive: 2 })[verdict];
