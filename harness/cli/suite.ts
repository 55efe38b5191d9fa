import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { RunReport } from '../report/verdict.ts';
import { TEST_SET } from './test-set.ts';

/**
 * `npm test`: everything that a change must satisfy (`npm run check`), report.html in a browser, then the scenarios of the
 * test set on a real cluster, or those that the arguments select, and `verify` as somebody would call it. Its last line is "N passed, N failed", for people and for CI systems that
 * read it.
 */
const resultsOf = (name: string) => join(packageRoot, `node_modules/.cache/rollproof/${name}.json`);

interface Tally {
  passed: number;
  failed: number;
}

async function main(filters: string[]): Promise<void> {
  const tallies: Tally[] = [];
  // What is quick comes first; where it fails, an hour on a cluster would tell nothing new.
  for (const part of [
    () => vitestTally('unit', 'check'),
    () => vitestTally('page', 'check:page'),
    () => scenarioTally(filters.length === 0 ? TEST_SET : filters),
    // Somebody who selects scenarios wants those.
    ...(filters.length === 0 ? [verifyTally] : []),
  ])
    if (tallies.every(({ failed }) => failed === 0)) tallies.push(await part());
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  const [passed, failed] = [sum((one) => one.passed), sum((one) => one.failed)];
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

/** Tests as Vitest counted them; a check that failed before or beside them counts as one more. */
async function vitestTally(results: string, script: string): Promise<Tally> {
  const file = resultsOf(results);
  rmSync(file, { force: true });
  const exitCode = await run('npm', ['run', '--silent', script]);
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  const failed = numFailedTests ?? 0;
  return { passed: numPassedTests ?? 0, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

const LATEST = join(packageRoot, 'reports/latest/verdict.json');

async function scenarioTally(filters: string[]): Promise<Tally> {
  const before = runOf(LATEST);
  const exitCode = await rollproof('run', ...filters);
  const report = reportOf(LATEST);
  if (report === undefined || report.run === before) return { passed: 0, failed: 1 };
  const passed = report.scenarios.filter(({ asExpected }) => asExpected).length;
  const failed = report.scenarios.length - passed;
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

const reportOf = (verdict: string): RunReport | undefined =>
  existsSync(verdict) ? JSON.parse(readFileSync(verdict, 'utf8')) : undefined;

const runOf = (verdict: string): string | undefined => reportOf(verdict)?.run;

const rollproof = (...args: string[]): Promise<number> =>
  run(process.execPath, ['--conditions=rollproof-source', join(packageRoot, 'harness/cli/main.ts'), ...args]);

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: packageRoot, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself; this process waits for it to clean up.
    process.on('SIGINT', () => {});
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** `verify` by flags alone, as somebody would who has manifests and images: of one that is bad, and of one that is not. */
const VERIFIED = [
  { manifests: 'article-ready', image: 'rollproof/article:2.0.0', exitCode: 1, cause: 'accept-loop-blocked' },
  { manifests: 'fixed', image: 'rollproof/correct:2.0.0', exitCode: 0, cause: undefined },
];

async function verifyTally(): Promise<Tally> {
  const tally = { passed: 0, failed: 0 };
  for (const { manifests, image, exitCode, cause } of VERIFIED) {
    const path = join('fixtures/manifests', manifests);
    const before = runOf(LATEST);
    const ended = await rollproof('verify', '-f', path, '--image', image, '--path', '/api/data', '--post', '{}');
    const found = reportOf(LATEST);
    const good = ended === exitCode && found?.run !== before && found?.scenarios[0]?.causes[0]?.cause === cause;
    process.stdout.write(
      `${good ? '✔' : '✘'} verify -f ${path}: exit code ${ended}${cause === undefined ? '' : `, ${found?.scenarios[0]?.causes[0]?.cause}`}\n`,
    );
    tally[good ? 'passed' : 'failed'] += 1;
  }
  return tally;
}

await main(process.argv.slice(2));
