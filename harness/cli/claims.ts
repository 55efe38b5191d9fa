import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { articleClaims, differing } from '../report/claims.ts';
import { claimsPage, claimsTable, withClaims } from '../report/claims-table.ts';
import { reportPage } from '../report/page/page.ts';
import { summary } from '../report/summary.ts';
import type { RunReport } from '../report/verdict.ts';
import { writeVerdict } from '../report/verdict-json.ts';
import { isRunFolder, writtenReport } from '../scenario/run-folder.ts';
import { judgeRun } from '../scenario/saved-run.ts';

/** What of a run is kept beside the README: its histories are too large. */
const EXAMPLE = 'reports/example';

/**
 * `npm run claims -- RUN`: writes the README's table of the article's claims from a run, and keeps its verdict.json,
 * summary.md, report.html and a page of all statements; from `reports/example`, in a new format, what was kept. With `--check` it writes nothing, and says which claims come out otherwise in this run than in the table.
 */
async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [run] = positionals;
  if (run === undefined)
    throw new CannotRun('no run is named', { remedy: 'npm run claims -- reports/latest [--check]' });
  // Of the example the history is not kept.
  const judged = isRunFolder(run) ? await judgeRun(run) : { report: writtenReport(run) };
  if (values.check) return check(judged.report);
  keep(judged.report);
  if ('histories' in judged) writeFileSync(join(packageRoot, EXAMPLE, 'report.html'), await reportPage(judged));
}

function keep(report: RunReport): void {
  const folder = join(packageRoot, EXAMPLE);
  const readme = join(packageRoot, 'README.md');
  const text = withClaims(readFileSync(readme, 'utf8'), claimsTable(report, `${EXAMPLE}/claims.md`));
  mkdirSync(folder, { recursive: true });
  writeVerdict(folder, report);
  writeFileSync(join(folder, 'summary.md'), summary(report));
  writeFileSync(join(folder, 'claims.md'), claimsPage(report, 'summary.md'));
  writeFileSync(readme, text);
  for (const claim of articleClaims(report)) process.stdout.write(`${line(claim)}\n`);
}

function check(report: RunReport): void {
  const kept = writtenReport(join(packageRoot, EXAMPLE));
  const differences = differing(articleClaims(report), articleClaims(kept));
  for (const difference of differences) process.stdout.write(`${difference}\n`);
  process.stdout.write(`${differences.length} of 20 claims come out otherwise than in run ${kept.run}\n`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}

function line({ number, outcome, onlyIf, statements }: ReturnType<typeof articleClaims>[number]): string {
  const condition = onlyIf.length === 0 ? '' : ` ${onlyIf.join(', or ')}`;
  return `${String(number).padStart(2)}  ${outcome}${condition} (${statements.length} statements)`;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CannotRun)) throw error;
  process.stderr.write(`rollproof: ${error.words}\n`);
  process.exitCode = error.exitCode;
}
