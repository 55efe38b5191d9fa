import { figure, headline, totals } from '../headline.ts';
import { unexpected } from '../unexpected.ts';
import type { RunReport } from '../verdict.ts';
import { clusterWords, expectedWords } from '../words.ts';
import { html, type Markup } from './markup.ts';
import type { ScenarioPage } from './model.ts';
import { scenarioSection } from './scenario.ts';
import { type Assets, shell } from './shell.ts';
import { chip, table } from './tables.ts';

/** report.html of a run. */
export function document(report: RunReport, pages: ScenarioPage[], assets: Assets): string {
  const one = pages.length === 1;
  const wrong = pages.findIndex(({ verdict }) => !verdict.asExpected);
  return shell(
    {
      title: `rollproof: ${report.verdict}, ${report.run}`,
      heading: html`${verdictOf(report)} ${sentence(report)}`,
      below: html`Run ${report.run}, started ${report.startedAt}. ${report.cluster !== null && clusterWords(report.cluster)}`,
      main: html`${!one && overview(report, pages)}
${pages.map((page, index) => scenarioSection(page, `s${index + 1}`, one || index === Math.max(wrong, 0)))}`,
      footer: html`<p>Made by rollproof ${report.rollproof}. Every request and every state behind it is in history.jsonl.gz, beside this file; <code>rollproof judge</code> judges it again. Charts: Apache ECharts, Apache License 2.0.</p>`,
    },
    assets,
  );
}

/** Of one scenario what was measured; of several whether they came out as expected. */
function verdictOf({ verdict, scenarios: [only, ...others], notRun = [] }: RunReport): Markup {
  if (only === undefined || others.length > 0 || notRun.length > 0) return chip(verdict);
  const as = only.expected === only.verdict && only.verdict !== 'pass' && only.asExpected;
  return html`${chip(only.verdict)}${as && html` <small>as expected</small>`}`;
}

/** The run in one sentence. */
function sentence({ scenarios, notRun = [] }: RunReport): string {
  const [only] = scenarios;
  if (scenarios.length === 1 && only !== undefined && notRun.length === 0) return headline(only);
  return expectedWords({ scenarios, notRun });
}

function overview({ notRun = [] }: RunReport, pages: ScenarioPage[]): Markup {
  const rows = pages.map(({ verdict }, index) => {
    const { requests, dropped } = totals(verdict);
    const main = verdict.causes[0]?.cause ?? '–';
    return [
      html`<a href="#s${index + 1}">${verdict.name}</a>`,
      chip(verdict.verdict),
      verdict.asExpected ? 'yes' : html`<b class="fail">no</b>: ${unexpected(verdict)}`,
      requests,
      dropped === 0 ? 0 : html`<b class="fail n">${figure(dropped)}</b>`,
      main,
      floorWord(verdict.checks.find(({ name }) => name === 'ready-floor')?.verdict),
    ];
  });
  const missing = notRun.map((name) => [name, 'not run', '', '', '', '', '']);
  return html`<section class="overview"><h2>Scenarios</h2>${table(
    ['scenario', 'verdict', 'as expected', 'requests', 'dropped', 'main cause', 'ready floor'],
    [...rows, ...missing],
    'Scenarios',
  )}</section>`;
}

const floorWord = (verdict: string | undefined) =>
  ({ pass: 'kept', fail: 'not kept', inconclusive: 'not known' })[verdict ?? 'inconclusive'] ?? '';
