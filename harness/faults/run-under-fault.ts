import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa, type ResultPromise } from 'execa';
import type { Observation } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import type { RunReport, ScenarioVerdict } from '../report/verdict.ts';

/** A run of the harness, as its user starts it, that something is done to. */
export interface RunningHarness {
  readonly pid: number;
  /** Name of the run's kind cluster, once it is known. */
  cluster(): Promise<string>;
  /** Resolves as soon as the run's history holds such an observation. */
  observed(what: (observation: Observation) => boolean): Promise<Observation>;
  /** Runs a command in the cluster's control plane node. */
  node(...args: string[]): Promise<string>;
  /** Ids of the run's load containers, by lane. */
  loadContainers(): Promise<string[]>;
}

export interface Outcome {
  exitCode: number;
  report: RunReport;
  scenario: ScenarioVerdict;
  observations: Observation[];
  stderr: string;
}

/**
 * Runs one scenario on a cluster of its own and does something to it meanwhile.
 *
 * @param fault begins when the run does; it waits for its own moment.
 */
export async function runUnderFault(filter: string, fault: (run: RunningHarness) => Promise<void>): Promise<Outcome> {
  const out = mkdtempSync(join(tmpdir(), 'rollproof-faults-'));
  const main = join(packageRoot, 'harness/cli/main.ts');
  const child = execa(
    process.execPath,
    ['--conditions=rollproof-source', main, 'run', filter, '--json', '--out', out],
    {
      reject: false,
      cwd: packageRoot,
      stdin: 'ignore',
      maxBuffer: 1e9,
    },
  );
  try {
    const ended = child.then(() => {
      throw new Error('the run ended before its fault was injected');
    });
    ended.catch(() => {});
    await Promise.race([fault(running(child, out)), ended]);
    const { exitCode = -1, stdout, stderr } = await child;
    const report = JSON.parse(stdout) as RunReport;
    return { exitCode, report, scenario: report.scenarios[0]!, observations: await history(out), stderr };
  } finally {
    child.kill('SIGTERM');
    await child;
    if (process.env.ROLLPROOF_KEEP_FAULTS === undefined) rmSync(out, { recursive: true, force: true });
    else process.stderr.write(`the run is kept: ${out}\n`);
  }
}

function running(child: ResultPromise, out: string): RunningHarness {
  const cluster = async () => `rollproof-${await poll(() => runFolder(out), 'the run folder')}`;
  return {
    pid: child.pid!,
    cluster,
    async observed(what) {
      return poll(async () => (await history(out)).find(what), 'an observation');
    },
    async node(...args) {
      const { stdout } = await execa('docker', ['exec', `${await cluster()}-control-plane`, ...args]);
      return stdout;
    },
    async loadContainers() {
      const run = await poll(() => runFolder(out), 'the run folder');
      const filters = ['--filter', `label=dev.rollproof.run=${run}`, '--filter', 'status=running'];
      return (await execa('docker', ['ps', '-q', ...filters])).stdout.split('\n').filter(Boolean);
    },
  };
}

const runFolder = (out: string) => readdirSync(out).find((name) => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(name));

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

async function poll<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${what} did not come within ${PATIENCE_MS / 1000} s`);
}
