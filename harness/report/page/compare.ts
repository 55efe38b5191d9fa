import type { Comparison, Pair } from '../comparison.ts';
import { headline } from '../headline.ts';
import type { RunReport } from '../verdict.ts';
import { html, type Markup } from './markup.ts';
import type { ScenarioPage } from './model.ts';
import { timelineBlock } from './scenario.ts';
import { type Assets, shell } from './shell.ts';
import { chip, table } from './tables.ts';

export interface Side {
  report: RunReport;
  /** By the scenario's name. */
  pages: Map<string, ScenarioPage>;
}

/** Two runs side by side: what changed, and both timelines of each scenario one above the other. */
export function comparePage(before: Side, after: Side, comparison: Comparison, assets: Assets): string {
  const { pairs, onlyBefore, onlyAfter } = comparison;
  const changed = pairs.findIndex(({ change }) => change !== 'same');
  return shell(
    {
      title: `rollproof: ${before.report.run} and ${after.report.run}`,
      heading: html`${sentence(pairs)}`,
      below: html`Before: run ${before.report.run}, started ${before.report.startedAt}. After: run ${after.report.run}, started ${after.report.startedAt}.`,
      main: html`${pairs.length > 1 && overview(pairs)}
${onlyBefore.length > 0 && html`<p>Only before: ${onlyBefore.join('; ')}.</p>`}
${onlyAfter.length > 0 && html`<p>Only after: ${onlyAfter.join('; ')}.</p>`}
${pairs.map((pair, index) => section(pair, `c${index + 1}`, before, after, index === Math.max(changed, 0)))}`,
      footer: html`<p>Made by rollproof ${after.report.rollproof}. Charts: Apache ECharts, Apache License 2.0.</p>`,
    },
    assets,
  );
}

function sentence(pairs: Pair[]): string {
  const [only] = pairs;
  if (only === undefined) return 'The two runs have no scenario in common.';
  if (pairs.length === 1) return `${NAMES[only.change]}: ${only.words}.`;
  const of = (change: Pair['change']) => pairs.filter((one) => one.change === change).length;
  return `Of ${pairs.length} scenarios ${of('better')} came out better, ${of('worse')} worse, ${of('same')} the same.`;
}

const NAMES = { better: 'Better', worse: 'Worse', same: 'No change' } as const;
const SIGNS = { better: '▲ better', worse: '▼ worse', same: '= same' } as const;
const CLASSES = { better: 'pass', worse: 'fail', same: 'same' } as const;

const changeChip = ({ change }: Pair): Markup => html`<span class="chip ${CLASSES[change]}">${SIGNS[change]}</span>`;

function overview(pairs: Pair[]): Markup {
  return html`<section class="overview"><h2>Scenarios</h2>${table(
    ['scenario', 'change', 'before', 'after', 'why'],
    pairs.map((pair, index) => [
      html`<a href="#c${index + 1}">${pair.after.name}</a>`,
      changeChip(pair),
      chip(pair.before.verdict),
      chip(pair.after.verdict),
      pair.words,
    ]),
    'Scenarios of both runs',
  )}</section>`;
}

function section(pair: Pair, id: string, before: Side, after: Side, open: boolean): Markup {
  const side = (words: string, { pages }: Side, name: string, own: string, verdict: Pair['after']) => {
    const page = pages.get(name);
    return html`<h3>${words}: ${chip(verdict.verdict)}</h3><p>${headline(verdict)}</p>${page !== undefined && timelineBlock(page.timeline, own)}`;
  };
  const { name } = pair.after;
  const title = pair.before.name === name ? name : `${pair.before.name} → ${name}`;
  return html`<details class="scenario" id="${id}"${open && html` open`}>
<summary><h2>${changeChip(pair)} ${title}</h2></summary>
<p class="headline">${pair.words}.</p>
${side('Before', before, pair.before.name, `${id}-before`, pair.before)}
${side('After', after, name, `${id}-after`, pair.after)}
<h3>Dropped, by lane</h3>${table(
    ['lane', 'before', 'after'],
    pair.lanes.map((one) => [one.lane, one.before, one.after]),
    'Drops by lane, before and after',
  )}
${
  pair.causes.length > 0 &&
  html`<h3>Dropped, by cause</h3>${table(
    ['cause', 'before', 'after'],
    pair.causes.map((one) => [one.cause, one.before, one.after]),
    'Drops by cause, before and after',
  )}`
}
</details>`;
}
