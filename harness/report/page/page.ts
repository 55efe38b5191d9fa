import type { ScenarioHistory } from '../../history/select.ts';
import type { RunReport } from '../verdict.ts';
import { assets } from './assets.ts';
import { document } from './document.ts';
import { scenarioPage } from './model.ts';

/** report.html of a judged run. @param histories of its scenarios, in the order of the report's */
export async function reportPage(report: RunReport, histories: ScenarioHistory[]): Promise<string> {
  const pages = report.scenarios.map((verdict, index) => scenarioPage(verdict, histories[index]!));
  return document(report, pages, await assets());
}
