import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type ScenarioHistory, scenariosOf } from '../history/select.ts';
import type { History } from '../history/types.ts';
import { junit } from '../report/junit.ts';
import { type JudgedRun, reportPage } from '../report/page/page.ts';
import { summary } from '../report/summary.ts';
import type { RunReport } from '../report/verdict.ts';
import { judgeAll } from './judge.ts';
import { streamHistory } from './run-folder.ts';

/** Writes what people read: all of it is made of the verdict and the history. */
export async function writeReports(folder: string, judged: JudgedRun): Promise<void> {
  writeFileSync(join(folder, 'summary.md'), summary(judged.report));
  writeFileSync(join(folder, 'junit.xml'), junit(judged.report, relative('.', join(folder, 'report.html'))));
  writeFileSync(join(folder, 'report.html'), await reportPage(judged));
}

/** Judges a saved run. The same history and version give the same report, on any machine. */
export async function judgeRun(folder: string): Promise<JudgedRun> {
  const history = await streamHistory(folder);
  const histories = scenariosOf(history);
  return { report: reported(history, histories), histories };
}

export const reportOf = async (folder: string): Promise<RunReport> => (await judgeRun(folder)).report;

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
