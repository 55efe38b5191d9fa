import { figure } from '../headline.ts';
import type { Cell, Trend } from '../trend.ts';
import { SIGNS } from '../words.ts';
import { html, type Markup } from './markup.ts';
import { type Assets, shell } from './shell.ts';

/** Nights side by side: a row a scenario, a cell a run. */
export function trendPage({ runs, scenarios }: Trend, assets: Assets): string {
  const [first, last] = [runs[0], runs.at(-1)];
  const good = runs.filter(({ verdict }) => verdict === 'pass').length;
  return shell(
    {
      title: `rollproof: ${runs.length} runs`,
      heading: html`${good} of ${runs.length} runs passed.`,
      below: html`${first !== undefined && last !== undefined && html`From ${first.run} to ${last.run}.`} Each cell is a run, oldest first: its sign is the verdict, a frame says that it was not as expected, the bar is the share of requests that were dropped.`,
      main: html`<div class="scroll" tabindex="0" role="region" aria-label="Scenarios by run"><table class="trend"><caption class="hidden">Scenarios by run</caption>
<thead><tr><th scope="col">scenario</th>${runs.map(({ run }) => html`<th scope="col"><a href="${run}/report.html" title="${run}">${dayOf(run)}<br>${timeOf(run)}</a></th>`)}<th scope="col">in words</th></tr></thead>
<tbody>${scenarios.map(({ name, cells, words }) => html`<tr><th scope="row">${name}</th>${cells.map(cellOf)}<td>${words}</td></tr>\n`)}</tbody></table></div>`,
      footer: html`<p>Made by rollproof from the verdict.json of each run.</p>`,
    },
    assets,
  );
}

/** A run's id begins with its time in UTC: "20260101-235959-abcd". */
const dayOf = (run: string) => `${run.slice(4, 6)}-${run.slice(6, 8)}`;
const timeOf = (run: string) => `${run.slice(9, 11)}:${run.slice(11, 13)}`;

function cellOf(cell: Cell | null): Markup {
  if (cell === null) return html`<td class="absent" aria-label="not run"></td>`;
  const { verdict, asExpected, dropped, requests } = cell;
  const words = `${verdict}, ${asExpected ? 'as expected' : 'not as expected'}: ${figure(dropped)} of ${figure(requests)} dropped`;
  // Between 1 in 1,000 and all: a logarithm, so that few are seen too.
  const share = dropped === 0 ? 0 : Math.min(1, Math.max(0.12, 1 + Math.log10(dropped / Math.max(requests, 1)) / 3));
  return html`<td class="${verdict}${asExpected ? '' : ' wrong'}" title="${words}"><span aria-hidden="true">${SIGNS[verdict]}</span><span class="hidden">${words}</span>${share > 0 && html`<span class="share"><span class="filled-${Math.round(share * 10)}"></span></span>`}</td>`;
}
