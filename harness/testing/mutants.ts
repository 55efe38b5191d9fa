import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { packageRoot } from '../package-root.ts';

type MutantResult = Awaited<ReturnType<Stryker['runMutationTest']>>[number];
type Options = ConstructorParameters<typeof Stryker>[0];

/**
 * `npm run mutants [-- --unit] [FILE…]`: changes of checks/, diagnosis/ and history/ (or of some of their files), one at a time, each of
 * which some test has to notice. Unit tests come first, which take a second; what they do not notice is shown to the
 * recorded histories too, and to those that are made by chance, which take half a minute each; not with --unit.
 */
const ALL = ['harness/{checks,diagnosis,history}/**/*.ts', '!**/*.test.ts', '!**/testing/**'];

const OPTIONS: Options = {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Those of constants would need a new process for each, and all tests.
  ignoreStatic: true,
  // What never ends is to be cut off, not what a busy machine holds up.
  timeoutMS: 120_000,
  timeoutFactor: 4,
  reporters: ['progress-append-only'],
  // It knows TypeScript's old interface only, which the compiler here no longer has. Nothing has to be compiled.
  tsconfigFile: 'no-tsconfig.json',
  tempDirName: '.stryker-tmp',
  warnings: false,
  allowConsoleColors: false,
};

const run = (mutate: string[], configFile: string): Promise<MutantResult[]> =>
  new Stryker({ ...OPTIONS, mutate, vitest: { configFile, related: false } }).runMutationTest();

const isNoticed = ({ status }: MutantResult) => status === 'Killed' || status === 'Timeout';
const isJudged = (one: MutantResult) => isNoticed(one) || one.status === 'Survived' || one.status === 'NoCoverage';
const nameOf = ({ fileName, location, mutatorName, replacement }: MutantResult) =>
  JSON.stringify([relative(packageRoot, fileName), location, mutatorName, replacement]);

/** Results count columns from 1, ranges from 0. */
function rangeOf({ fileName, location: { start, end } }: MutantResult): string {
  return `${relative(packageRoot, fileName)}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

const files = process.argv.slice(2).filter((one) => one !== '--unit');
const unitOnly = files.length < process.argv.length - 2;
const all = (await run(files.length > 0 ? files : ALL, 'vitest.mutants.config.ts')).filter(isJudged);
const left = all.filter((one) => !isNoticed(one));
process.stdout.write(`${all.length - left.length} of ${all.length} are noticed by unit tests\n`);
const late =
  left.length === 0 || unitOnly ? [] : await run([...new Set(left.map(rangeOf))], 'vitest.mutants-late.config.ts');
const noticed = new Set(late.filter(isNoticed).map(nameOf));
const survivors = left.filter((one) => !noticed.has(nameOf(one)));

for (const [file, own] of Map.groupBy(all, ({ fileName }) => fileName)) {
  const lost = survivors.filter(({ fileName }) => fileName === file);
  const lines = readFileSync(file, 'utf8').split('\n');
  process.stdout.write(`${relative(packageRoot, file)}: ${own.length - lost.length} of ${own.length}\n`);
  for (const { location, mutatorName, replacement = '' } of lost) {
    const { start, end } = location;
    const until = start.line === end.line ? end.column - 1 : undefined;
    const was = lines[start.line - 1]!.slice(start.column - 1, until).slice(0, 80);
    const now = replacement.replace(/\s+/g, ' ').slice(0, 80);
    process.stdout.write(`  ${start.line}:${start.column} ${mutatorName}: ${was} → ${now}\n`);
  }
}
const share = (1 - survivors.length / all.length) * 100;
process.stdout.write(`${all.length - survivors.length} of ${all.length} noticed: ${share.toFixed(1)}%\n`);
if (share < 90) process.exitCode = 1;
