import { gzipSync } from 'node:zlib';
import { figure, headline } from '../headline.ts';
import type { Timeline } from '../timeline/types.ts';
import { unexpected } from '../unexpected.ts';
import type { CauseVerdict, ProofVerdict, ScenarioVerdict } from '../verdict.ts';
import { FIX_OUTCOMES, hazardLine } from '../words.ts';
import { html, Markup } from './markup.ts';
import type { ScenarioPage } from './model.ts';
import { checkTable, chip, claimTable, laneTable, reconciliationTable, table, waveTables } from './tables.ts';

/** One scenario, whole: verdict, fix, timeline, evidence. @param id of its element, and what those in it begin with @param open whether it is unfolded at first */
export function scenarioSection(page: ScenarioPage, id: string, open: boolean): Markup {
  const { verdict } = page;
  return html`<details class="scenario" id="${id}"${open && html` open`}>
<summary><h2>${chip(verdict.verdict)} ${verdict.name}${!verdict.asExpected && html` <span class="chip fail">not as expected</span>`}</h2></summary>
<p class="headline">${headline(verdict)}</p>
${expectationWords(verdict)}
${fixBlock(verdict.causes)}
${hazardBlock(verdict)}
${timelineBlock(page.timeline, id)}
${verdict.claims !== undefined && html`<h3>Claims</h3>${claimTable(verdict.claims)}`}
${verdict.failedTest !== undefined && html`<h3>Its test failed</h3><pre>${verdict.failedTest}</pre>`}
<h3>Waves</h3>${waveTables(verdict.transitions)}
<h3>Lanes</h3>${laneTable(verdict.lanes)}
${verdict.causes.length > 0 && html`<h3>Causes</h3>${verdict.causes.map((cause) => causeBlock(cause, id))}`}
${proofBlock(verdict.proof)}
<h3>Checks</h3>${checkTable(verdict.checks)}
${verdict.reconciliation.length > 0 && html`<h3>What clients sent against what servers logged</h3>${reconciliationTable(verdict.reconciliation)}`}
${endpointLags(verdict)}
${sensitivity(verdict)}
${scopeBlock(page)}
${changesBlock(page)}
${eventsBlock(page)}
</details>`;
}

/** What a pass hides. */
function hazardBlock({ hazards = [] }: ScenarioVerdict): Markup | false {
  if (hazards.length === 0) return false;
  return html`<p>Seen at work, whether or not it cost a request:</p><ul>${hazards.map((one) => html`<li>${hazardLine(one, one.cause)}</li>`)}</ul>`;
}

function expectationWords(verdict: ScenarioVerdict): Markup | false {
  if (verdict.proof !== undefined) return html`<p>${verdict.proof.words}, of “${verdict.proof.of}”.</p>`;
  if (!verdict.asExpected) return html`<p class="unexpected"><b>Not as expected:</b> ${unexpected(verdict)}</p>`;
  if (verdict.expected === 'any' || verdict.expected === verdict.verdict)
    return verdict.verdict === 'fail' && html`<p>This failure was expected, and is the scenario’s point.</p>`;
  return false;
}

/** The main cause's fix, before any evidence. */
function fixBlock([main]: CauseVerdict[]): Markup | false {
  if (main === undefined || main.fix === '') return false;
  const [text, ...yaml] = main.fix.split('\n');
  const patch =
    yaml.length > 0 &&
    html`<div><small>Strategic merge patch of the ${main.patch?.kind ?? 'Deployment'}:</small><pre><code>${yaml.join('\n')}</code></pre></div>`;
  return html`<div class="fix"><p><b>Fix:</b> ${text}.</p>${patch}</div>`;
}

/** What is drawn needs a browser; without one the tables below have every figure. */
export function timelineBlock(timeline: Timeline, id: string): Markup {
  const { pods, drops, stalls, waves } = timeline;
  const words = `Timeline: ${pods.length} pods, ${waves.length} waves, ${figure(drops.length)} dropped and ${figure(stalls.length)} stalled requests.`;
  return html`<h3 id="${id}-timeline-title">Timeline</h3>
<div class="timeline" id="${id}-timeline" data-timeline="${id}-data">
<p class="hint">Drag to pan, <kbd>Ctrl</kbd> + wheel or <kbd>+</kbd> <kbd>−</kbd> to zoom, <kbd>←</kbd> <kbd>→</kbd> to move, <kbd>0</kbd> for all; <kbd>n</kbd> and <kbd>p</kbd> go from one lost request to the next. Click a mark for its record.</p>
<div class="legend"></div>
<div class="chart" tabindex="0" role="application" aria-label="${words}"></div>
<div class="record" role="status" aria-live="polite"></div>
</div>
<noscript><p>The timeline is drawn by the browser’s script engine, which is off. All figures are in the tables below.</p></noscript>
<script type="application/gzip" id="${id}-data">${packed(timeline)}</script>`;
}

/** Base64 has no character that means anything in HTML. */
const packed = (timeline: Timeline): Markup =>
  new Markup(gzipSync(JSON.stringify(timeline), { level: 9 }).toString('base64'));

function causeBlock(one: CauseVerdict, id: string): Markup {
  const { cause, count, confidence, certain, also, evidence, fix } = one;
  const others = also.length > 0 && html`, with ${also.join(', ')}`;
  const known =
    confidence === 'unattributed' ? '' : `, ${certain === count ? 'all' : figure(certain)} of them for certain`;
  return html`<section class="cause" id="${id}-cause-${cause}"><h4>${figure(count)} × ${cause} <small>${confidence}${known}${others}</small></h4>
${evidence !== undefined && html`<p><b>For example:</b></p><ul>${evidence.split('; ').map((fact) => html`<li>${fact}</li>`)}</ul>`}
${fix !== '' && html`<pre><code>${fix}</code></pre>`}</section>`;
}

function proofBlock(proof: ProofVerdict | undefined): Markup | false {
  if (proof === undefined) return false;
  return html`<h3>${proof.words}: ${FIX_OUTCOMES[proof.outcome]}</h3>
${table(
  ['dropped', 'before', 'after'],
  [
    ...proof.lanes.map(({ lane, before, after }) => [`in lane ${lane}`, before, after]),
    ...proof.causes.map(({ cause, before, after }) => [`by ${cause}`, before, after]),
  ],
  'Drops before and after the fix',
)}
${proof.patches.map(({ kind, name, patch }) => html`<p>${kind} ${name}, strategic merge patch:</p><pre><code>${JSON.stringify(patch, null, 2)}</code></pre>`)}
${Object.entries(proof.images).map(([from, to]) => html`<p>Image ${from} → ${to}</p>`)}`;
}

function endpointLags({ endpointLag }: ScenarioVerdict): Markup | false {
  if (endpointLag.length === 0) return false;
  return html`<h3>How long new connections still went to a pod after the slice had dropped it</h3>${table(
    ['pod', 'ms', 'at most'],
    endpointLag.map(({ pod, ms, atMostMs }) => [pod, Math.round(ms), atMostMs === null ? '–' : Math.round(atMostMs)]),
    'Endpoint lag by pod',
  )}`;
}

function sensitivity({ sensitivity }: ScenarioVerdict): Markup | false {
  if (sensitivity.length === 0) return false;
  return html`<h3>What it could have missed</h3><ul>${sensitivity.map(({ lane, rate, text }) => html`<li>${lane}, ${rate.toFixed(0)} requests a second: ${text}</li>`)}</ul>`;
}

function scopeBlock({ machine, verdict }: ScenarioPage): Markup {
  const { scope } = verdict;
  return html`<h3>What this ${verdict.verdict} holds for</h3>
${scope !== undefined && html`<ul>${scope.load.map((line) => html`<li>${line}</li>`)}</ul><p>Not tested:</p><ul>${scope.notTested.map((line) => html`<li>${line}</li>`)}</ul>`}
${machine.length > 0 && html`<p>The machine, over the scenario: ${machine.join('; ')}.</p>`}`;
}

const at = (ms: number) => `${ms >= 0 ? '+' : '−'}${(Math.abs(ms) / 1000).toFixed(2)} s`;

function changesBlock({ changes }: ScenarioPage): Markup | false {
  if (changes.length === 0) return false;
  return html`<h3>What was changed</h3><p><small>Seconds since the first trigger. Values that might be secret are not shown: “…” is one that changed.</small></p>${table(
    ['object', 'when', 'field', 'from', 'to'],
    changes.flatMap(({ ms, kind, name, fields }) =>
      fields.map(({ path, from, to }) => [`${kind} ${name}`, at(ms), path, from ?? '(none)', to ?? '(none)']),
    ),
    'Changes of manifests',
  )}`;
}

function eventsBlock({ events, eventsLeftOut }: ScenarioPage): Markup | false {
  if (events.length === 0) return false;
  return html`<details class="events"><summary><h3>Events (${figure(events.length + eventsLeftOut)})</h3></summary>
${eventsLeftOut > 0 && html`<p>${figure(eventsLeftOut)} more are in the history.</p>`}
${table(
  ['about', 'when', 'reason', 'message'],
  events.map(({ ms, about, reason, message, warning }) => [
    about,
    at(ms),
    warning ? html`<b class="fail">${reason}</b>` : reason,
    message,
  ]),
  'Events',
)}</details>`;
}
