import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { RunReport } from '../report/verdict.ts';
import { TEST_SET } from './test-set.ts';

/**
 * `npm test`: everything that a change must satisfy (`npm run check`), report.html in a browser, then the scenarios of the test set on a real
 * cluster, or those that the arguments select. Its last line is "N passed, N failed", for people and for CI systems that
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
    () => scenarioTally(filters),
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

async function scenarioTally(filters: string[]): Promise<Tally> {
  const latest = join(packageRoot, 'reports/latest/verdict.json');
  const before = runOf(latest);
  const exitCode = await run(process.execPath, [
    '--conditions=rollproof-source',
    join(packageRoot, 'harness/cli/main.ts'),
    'run',
    ...filters,
  ]);
  const report = existsSync(latest) ? (JSON.parse(readFileSync(latest, 'utf8')) as RunReport) : undefined;
  if (report === undefined || report.run === before) return { passed: 0, failed: 1 };
  const passed = report.scenarios.filter(({ asExpected }) => asExpected).length;
  const failed = report.scenarios.length - passed;
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

function runOf(verdict: string): string | undefined {
  return existsSync(verdict) ? (JSON.parse(readFileSync(verdict, 'utf8')) as RunReport).run : undefined;
}

function run(command: string, args: string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: packageRoot, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself; this process waits for it to clean up.
    process.on('SIGINT', () => {});
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

const filters = process.argv.slice(2);
await main(filters.length === 0 ? TEST_SET : filters);
