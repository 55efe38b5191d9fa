import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import { clusterFolder } from '../cluster/state.ts';
import type { Observation } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import type { RunReport } from '../report/verdict.ts';
import type { Fault } from './fault.ts';
import { proxyBefore } from './proxy.ts';

/** The service that is rolled: one that drops nothing, or one that drops a lot. */
export type Service = 'sound' | 'bad';

/** A run of the harness, as its user starts it, that something is done to. */
export interface RunningHarness {
  readonly pid: number;
  readonly child: ResultPromise;
  /** Name of its one scenario, and of what it rolls. */
  readonly service: Service;
  /** Parent of its run folder. */
  readonly out: string;
  /** Its run id, once there is one. */
  run(): Promise<string>;
  /** Name of its kind cluster, once it is known. */
  cluster(): Promise<string>;
  /** Path of the kubeconfig that it calls its cluster with, once that is written. */
  kubeconfig(): Promise<string>;
  /** Resolves as soon as its history holds such an observation. */
  observed(what: (observation: Observation) => boolean): Promise<Observation>;
  /** Runs a command in the cluster's control plane node. */
  node(...args: string[]): Promise<string>;
  /** Ids of its load containers. */
  loadContainers(): Promise<string[]>;
}

export interface Struck {
  /** Seconds between what was waited for and the fault. */
  moment: number;
  /** Undefined where a signal ended it. */
  exitCode: number | undefined;
  /** Undefined where it wrote none. */
  report: RunReport | undefined;
  /** It had ended before its moment came: nothing was done to it. */
  missed: boolean;
  /** What people are told. */
  told: string;
  /** Its run folder, where it began one. */
  folder: string | undefined;
}

const MAIN = join(packageRoot, 'harness/cli/bin.ts');
const SCENARIOS = join(packageRoot, 'harness/faults/scenarios');

/** How `rollproof run` is called for a service, as its user would. */
export const calling = (service: Service, out: string): string[] => [
  '--conditions=rollproof-source',
  MAIN,
  'run',
  `${service}.scenario`,
  '--scenarios',
  SCENARIOS,
  '--out',
  out,
];

/** Runs one scenario on a cluster of its own, and does something to it at a moment that `random` gives. */
export async function struck(
  fault: Fault,
  service: Service,
  random: () => number,
  { tmp, judged }: { tmp: string; judged(one: Struck): Promise<void> },
): Promise<void> {
  await using undo = new AsyncDisposableStack();
  const prepared = await fault.prepare?.();
  if (prepared !== undefined) undo.use(prepared);
  const out = prepared?.out ?? mkdtempSync(join(tmpdir(), 'rollproof-fault-'));
  if (prepared?.out === undefined) undo.defer(() => keepOrRemove(out));
  const child = execa(process.execPath, [...calling(service, out), ...(prepared?.args ?? [])], {
    reject: false,
    cwd: packageRoot,
    stdin: 'ignore',
    maxBuffer: 1e9,
    // What it leaves there is seen.
    env: { ...prepared?.env, TMPDIR: tmp },
  });
  undo.defer(async () => {
    child.kill('SIGTERM');
    await child;
  });
  const run = running(child, out, service);
  const moment = random() * fault.moment.within;
  let missed = true;
  const striking = (async () => {
    const { after } = fault.moment;
    // A run opens its cluster anew for its scenarios, once that is up.
    const proxy = fault.behindProxy ? undo.use(await proxyBefore(await run.kubeconfig(), out)) : undefined;
    if (after !== 'start') await run.observed(marker(after === 'load' ? 'load-ready' : 'trigger'));
    await sleep(moment * 1000);
    missed = false;
    const strike = await fault.strike({ ...run, proxy });
    if (isDisposable(strike)) undo.use(strike);
  })();
  // Whoever is killed ends while it is being struck; what waits for a run that has ended waits for nothing.
  striking.catch(() => {});
  await Promise.race([striking, child.then(() => {})]);
  const { exitCode, stdout, stderr } = await child;
  if (!missed) await striking;
  const name = runFolder(out);
  const folder = name === undefined ? undefined : join(out, name);
  const file = join(folder ?? out, 'verdict.json');
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunReport) : undefined;
  await judged({
    moment: Math.round(moment * 10) / 10,
    exitCode,
    report,
    missed,
    told: `${stdout ?? ''}\n${stderr ?? ''}`,
    folder,
  });
}

const isDisposable = (what: unknown): what is AsyncDisposable =>
  typeof what === 'object' && what !== null && Symbol.asyncDispose in what;

function keepOrRemove(out: string): void {
  if (process.env.ROLLPROOF_KEEP_FAULTS === undefined) rmSync(out, { recursive: true, force: true });
  else process.stderr.write(`the run is kept: ${out}\n`);
}

const marker = (name: string) => (one: Observation) => one.type === 'marker' && one.marker === name;

function running(child: ResultPromise, out: string, service: Service): RunningHarness {
  const run = () => poll(() => runFolder(out) ?? runOf(child.pid!), 'the run folder');
  const cluster = async () => `rollproof-${await run()}`;
  const kubeconfig = async () => {
    const path = join(clusterFolder(await cluster()), 'kubeconfig');
    return poll(() => (existsSync(path) ? path : undefined), path);
  };
  return {
    pid: child.pid!,
    child,
    service,
    out,
    run,
    cluster,
    kubeconfig,
    async observed(what) {
      return poll(async () => (await history(out)).find(what), 'an observation');
    },
    async node(...args) {
      const { stdout } = await execa('docker', ['exec', `${await cluster()}-control-plane`, ...args]);
      return stdout;
    },
    async loadContainers() {
      const filters = ['--filter', `label=dev.rollproof.run=${await run()}`, '--filter', 'status=running'];
      return (await execa('docker', ['ps', '-q', ...filters])).stdout.split('\n').filter(Boolean);
    },
  };
}

const runFolder = (out: string) =>
  existsSync(out) ? readdirSync(out).find((name) => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(name)) : undefined;

/** Before there is a run folder, the cluster that kind makes for it says which run it is. */
async function runOf(pid: number): Promise<string | undefined> {
  const { stdout } = await execa('ps', ['-o', 'args=', '--ppid', String(pid)], { reject: false });
  return /rollproof-(\d{8}-\d{6}-[0-9a-f]{4})/.exec(stdout)?.[1];
}

/** What is on disk by now; a line that is being written is left out. */
async function history(out: string): Promise<Observation[]> {
  const folder = runFolder(out);
  if (folder === undefined) return [];
  const [plain, gzipped] = [join(out, folder, 'history.jsonl'), join(out, folder, 'history.jsonl.gz')];
  const text = existsSync(plain)
    ? readFileSync(plain, 'utf8')
    : existsSync(gzipped)
      ? (await execa('gzip', ['-dc', gzipped], { maxBuffer: 1e9 })).stdout
      : '';
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines
    .slice(1)
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Observation);
}

const PATIENCE_MS = 240_000;

export async function poll<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(250);
  }
  throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
