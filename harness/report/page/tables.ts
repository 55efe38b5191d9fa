import type { Verdict } from '../../history/types.ts';
import { figure } from '../headline.ts';
import type { CheckVerdict, ClaimVerdict, LaneVerdict, ReconciliationVerdict, TransitionVerdict } from '../verdict.ts';
import { CLAIM_MARKS, SIGNS } from '../words.ts';
import { html, Markup } from './markup.ts';

/** A table of figures; the first column is text. A cell may be markup. */
export function table(head: string[], rows: (string | number | Markup)[][], caption: string): Markup {
  const figures = head.map((_, index) => rows.length > 0 && rows.every((row) => isFigure(row[index])));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table><caption class="hidden">${caption}</caption>
<thead><tr>${head.map((cell, index) => html`<th scope="col"${figures[index] && html` class="n"`}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => (index === 0 ? html`<th scope="row">${cell}</th>` : html`<td${figures[index] && html` class="n"`}>${typeof cell === 'number' ? figure(cell) : cell}</td>`))}</tr>\n`)}</tbody></table></div>`;
}

const isFigure = (cell: string | number | Markup | undefined): boolean =>
  typeof cell === 'number' ||
  (cell instanceof Markup ? cell.html.startsWith('<b class="fail n">') : /^[\d.]*$|^–$/.test(cell ?? ''));

const ms = (value: number | null) => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0));

/** A count that should be 0. */
const bad = (count: number): Markup | number => (count === 0 ? 0 : html`<b class="fail n">${figure(count)}</b>`);

export function waveTables(transitions: TransitionVerdict[]): Markup[] {
  let number = 0;
  return transitions.map(({ kind, seconds, waves }) => {
    const rows = waves.map((wave) => {
      number++;
      const selector = wave.selector === undefined ? '' : ` ${wave.selector}`;
      return [
        `${number} · (${wave.old},${wave.new})${selector}`,
        ...[wave.seconds.toFixed(1), wave.floor, wave.minReady, wave.minAvailable, wave.maxPods, wave.requests],
        ...[bad(wave.dropped), wave.stalled, ms(wave.p50Ms), ms(wave.p99Ms)],
      ];
    });
    const head = [
      'wave · (old,new)',
      's',
      'floor',
      'min ready',
      'min available',
      'max pods',
      'requests',
      'dropped',
      'stalled',
      'p50 ms',
      'p99 ms',
    ];
    return html`<h4>${kind}, ${seconds.toFixed(1)} s</h4>${waves.length === 0 ? html`<p>No wave was seen.</p>` : table(head, rows, `Waves of the transition ${kind}`)}`;
  });
}

export const laneTable = (lanes: LaneVerdict[]): Markup =>
  table(
    ['lane', 'verdict', 'sent', 'dropped', 'stalled', 'not started'],
    lanes.map((lane) => [
      lane.name,
      chip(lane.verdict),
      lane.sent,
      bad(lane.dropped),
      lane.stalled,
      bad(lane.notStarted),
    ]),
    'Lanes',
  );

export const checkTable = (checks: CheckVerdict[]): Markup =>
  table(
    ['check', 'verdict', 'examined', 'what it saw'],
    checks.map(({ name, verdict, examined, detail, witness }) => [
      name,
      chip(verdict),
      examined,
      html`${detail}${witness !== undefined && html`<br><small>first: ${witness}</small>`}`,
    ]),
    'Checks',
  );

export const claimTable = (claims: ClaimVerdict[]): Markup =>
  table(
    ['claim', 'measured', 'as expected', 'figures'],
    claims.map(({ text, onlyIf, holds, expected, asExpected, figures, witness }) => [
      html`${text}${onlyIf !== undefined && html`, <em>if ${onlyIf}</em>`}`,
      CLAIM_MARKS.get(holds)!,
      asExpected ? 'yes' : html`<b class="fail">no: expected ${expected ? 'to hold' : 'not to hold'}</b>`,
      html`${figures}${witness !== undefined && html`<br><small>first: ${witness}</small>`}`,
    ]),
    'Claims',
  );

export const reconciliationTable = (all: ReconciliationVerdict[]): Markup =>
  table(
    [
      'lane',
      'sent',
      'answered',
      'handled',
      'answered, in no log',
      'handled twice',
      'handled, never answered',
      'sent again in silence',
      'evidence',
    ],
    all.map((one) => [
      one.lane,
      ...[one.sent, one.answered, one.handled, bad(one.answeredNeverHandled), bad(one.handledTwice)],
      ...[bad(one.handledNeverAnswered), bad(one.sentAgain), one.evidence],
    ]),
    'What clients sent against what servers logged',
  );

/** A verdict as a word with a mark: never by colour alone. */
export const chip = (verdict: Verdict): Markup =>
  html`<span class="chip ${verdict}">${SIGNS[verdict]} ${verdict}</span>`;
