import type { ScenarioHistory } from '../../history/select.ts';
import { compare } from '../comparison.ts';
import { trendOf } from '../trend.ts';
import type { RunReport } from '../verdict.ts';
import { assets } from './assets.ts';
import { comparePage, type Side } from './compare.ts';
import { document } from './document.ts';
import { scenarioPage } from './model.ts';
import { trendPage } from './trend.ts';

/** A judged run, with the histories of its scenarios in the order of the report's. */
export interface JudgedRun {
  report: RunReport;
  histories: ScenarioHistory[];
}

/** report.html of a judged run. */
export const reportPage = async (run: JudgedRun): Promise<string> => document(run.report, pagesOf(run), await assets());

/** Two runs side by side. */
export const comparisonPage = async (before: JudgedRun, after: JudgedRun): Promise<string> =>
  comparePage(sideOf(before), sideOf(after), compare(before.report, after.report), await assets());

/** Many runs over time, from what they were judged to be when they were made. */
export const runsPage = async (reports: RunReport[]): Promise<string> => trendPage(trendOf(reports), await assets());

const pagesOf = ({ report, histories }: JudgedRun) =>
  report.scenarios.map((verdict, index) => scenarioPage(verdict, histories[index]!));

const sideOf = (run: JudgedRun): Side => ({
  report: run.report,
  pages: new Map(pagesOf(run).map((page) => [page.verdict.name, page])),
});
