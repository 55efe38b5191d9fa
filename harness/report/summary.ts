import { headline, totals } from './headline.ts';
import { printable } from './printable.ts';
import { testLines, unexpected } from './unexpected.ts';
import type { CauseVerdict, HazardVerdict, RunReport, ScenarioVerdict } from './verdict.ts';
import { CLAIM_MARKS, clusterWords, expectedWords, FIX_OUTCOMES, hazardLine, SIGNS } from './words.ts';

/** What a person reads first: Markdown, also good for a CI job's summary page. */
export function summary(report: RunReport): string {
  const { scenarios, notRun = [] } = report;
  const where = report.cluster === null ? [] : [clusterWords(report.cluster)];
  const told = scenarios.length > MOST_UNFOLDED ? scenarios.filter(({ asExpected }) => !asExpected) : scenarios;
  const folded = scenarios.filter((one) => !told.includes(one));
  return [
    `# rollproof: ${report.verdict}`,
    '',
    ...opening(report),
    '',
    `Run ${plain(report.run)}, started ${plain(report.startedAt)}.`,
    ...where,
    '',
    '| scenario | verdict | as expected | requests | dropped | main cause |',
    '| --- | --- | --- | ---: | ---: | --- |',
    ...scenarios.map(row),
    ...notRun.map((name) => `| ${plain(name)} | not run | | | | |`),
    '',
    ...told.flatMap(section),
    ...folded.flatMap((one) => [
      `<details><summary>${SIGNS[one.verdict]} ${inHtml(one.name)}</summary>`,
      '',
      ...section(one),
      '</details>',
      '',
    ]),
  ].join('\n');
}

/** A job's page is read from the top: of many scenarios those that came out as expected are folded. */
const MOST_UNFOLDED = 6;

/** What has to be known first: the sentence and the fix; of several scenarios only of those that somebody has to look at. */
function opening({ scenarios, notRun = [] }: RunReport): string[] {
  if (scenarios.length === 1 && notRun.length === 0) return sentenceAndFix(scenarios[0]!);
  const wrong = scenarios.filter(({ asExpected }) => !asExpected);
  return [
    expectedWords({ scenarios, notRun }),
    ...wrong.flatMap((one) => ['', `**${plain(one.name)}**: ${plain(unexpected(one))}. ${plain(headline(one))}`]),
  ];
}

function sentenceAndFix(scenario: ScenarioVerdict): string[] {
  const [text = '', ...patch] = (scenario.causes[0]?.fix ?? '').split('\n');
  return [
    `**${plain(headline(scenario))}**`,
    ...(text === '' ? [] : ['', `Fix: ${plain(text)}.`]),
    ...(patch.length === 0 ? [] : ['', ...patch.map((line) => `    ${line}`)]),
  ];
}

function row(scenario: ScenarioVerdict): string {
  const { requests, dropped } = totals(scenario);
  const main = scenario.causes[0]?.cause ?? '–';
  const as = scenario.asExpected ? 'yes' : `**no**: ${scenario.expected} was expected`;
  return `| ${plain(scenario.name)} | ${SIGNS[scenario.verdict]} ${scenario.verdict} | ${as} | ${requests} | ${dropped} | ${plain(main)} |`;
}

function section(scenario: ScenarioVerdict): string[] {
  return [
    `## ${plain(scenario.name)}`,
    '',
    `${SIGNS[scenario.verdict]} **${scenario.verdict}** (expected ${scenario.expected}). ${plain(headline(scenario))}`,
    '',
    ...(scenario.cluster === undefined ? [] : [clusterWords(scenario.cluster), '']),
    ...claims(scenario),
    ...scenario.transitions.flatMap(({ kind, seconds, waves }) => [
      `### ${plain(kind)}, ${seconds.toFixed(1)} s`,
      '',
      '| wave (old, new) | s | floor | min ready | min available | max pods | requests | dropped | stalled | p50 ms | p99 ms |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...waves.map(
        (wave) =>
          `| (${wave.old}, ${wave.new}) | ${wave.seconds.toFixed(1)} | ${wave.floor} | ${wave.minReady} | ${wave.minAvailable} | ${wave.maxPods} | ${wave.requests} | ${wave.dropped} | ${wave.stalled} | ${ms(wave.p50Ms)} | ${ms(wave.p99Ms)} |`,
      ),
      '',
    ]),
    '| lane | verdict | sent | dropped | stalled | not started |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...scenario.lanes.map(
      (lane) =>
        `| ${lane.name} | ${lane.verdict} | ${lane.sent} | ${lane.dropped} | ${lane.stalled} | ${lane.notStarted} |`,
    ),
    '',
    '| check | verdict | examined | |',
    '| --- | --- | ---: | --- |',
    ...scenario.checks.map(
      (check) => `| ${check.name} | ${check.verdict} | ${check.examined} | ${plain(check.detail)} |`,
    ),
    '',
    ...scenario.causes.flatMap(cause),
    ...hazards(scenario),
    ...reconciliation(scenario),
    ...endpointLag(scenario),
    ...sensitivity(scenario),
    ...scope(scenario),
    ...proof(scenario),
  ];
}

/** What a pass hides. */
function hazards({ hazards = [] }: ScenarioVerdict): string[] {
  if (hazards.length === 0) return [];
  const line = (one: HazardVerdict) => `- ${plain(hazardLine(one, one.page))}`;
  return ['**Seen at work, whether or not it cost a request:**', '', ...hazards.map(line), ''];
}

function claims(scenario: ScenarioVerdict): string[] {
  const { claims = [], failedTest } = scenario;
  const said = testLines(scenario).map((line) => `  ${line}`);
  const test = failedTest === undefined ? [] : ['Its test failed:', '', ...said, ''];
  if (claims.length === 0) return test;
  return [
    ...test,
    '| claim | measured | | figures |',
    '| --- | --- | --- | --- |',
    ...claims.map(({ text, onlyIf, holds, expected, asExpected, figures, witness }) => {
      const condition = onlyIf === undefined ? '' : `, if ${plain(onlyIf)}`;
      const as = asExpected ? 'as expected' : `✗ expected ${expected ? 'to hold' : 'not to hold'}`;
      const shown = witness === undefined ? '' : `; first: ${plain(witness)}`;
      return `| ${plain(text)}${condition} | ${CLAIM_MARKS.get(holds)} | ${as} | ${plain(figures)}${shown} |`;
    }),
    '',
  ];
}

function reconciliation({ reconciliation }: ScenarioVerdict): string[] {
  if (reconciliation.length === 0) return [];
  return [
    'What clients sent against what servers logged:',
    '',
    '| lane | sent | answered | handled | answered, in no log | handled twice | handled, never answered | sent again in silence | evidence |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...reconciliation.map(
      (one) =>
        `| ${one.lane} | ${one.sent} | ${one.answered} | ${one.handled} | ${one.answeredNeverHandled} | ${one.handledTwice} | ${one.handledNeverAnswered} | ${one.sentAgain} | ${one.evidence} |`,
    ),
    '',
  ];
}

function endpointLag({ endpointLag }: ScenarioVerdict): string[] {
  if (endpointLag.length === 0) return [];
  return [
    'How long new connections still went to a pod after the slice had dropped it:',
    '',
    '| pod | ms | at most |',
    '| --- | ---: | ---: |',
    ...endpointLag.map(
      ({ pod, ms, atMostMs }) => `| ${plain(pod)} | ${ms.toFixed(0)} | ${atMostMs?.toFixed(0) ?? '–'} |`,
    ),
    '',
  ];
}

function sensitivity({ sensitivity }: ScenarioVerdict): string[] {
  if (sensitivity.length === 0) return [];
  return [
    'What it could have missed:',
    '',
    ...sensitivity.map(({ lane, rate, text }) => `- ${lane}, ${rate.toFixed(0)} requests a second: ${plain(text)}`),
    '',
  ];
}

function scope({ verdict, scope }: ScenarioVerdict): string[] {
  if (scope === undefined) return [];
  return [
    `What this ${verdict} holds for:`,
    '',
    ...scope.load.map((line) => `- ${plain(line)}`),
    '',
    'Not tested:',
    '',
    ...scope.notTested.map((line) => `- ${plain(line)}`),
    '',
  ];
}

function proof({ proof }: ScenarioVerdict): string[] {
  if (proof === undefined) return [];
  return [
    `### ${plain(proof.of)}, ${plain(proof.words)}: ${FIX_OUTCOMES[proof.outcome]}`,
    '',
    '| dropped | before | after |',
    '| --- | ---: | ---: |',
    ...proof.lanes.map(({ lane, before, after }) => `| in lane ${lane} | ${before} | ${after} |`),
    ...proof.causes.map(({ cause, before, after }) => `| by ${plain(cause)} | ${before} | ${after} |`),
    '',
    ...proof.patches.flatMap(({ kind, name, patch }) => [
      `${kind} ${plain(name)}, strategic merge patch:`,
      '',
      ...JSON.stringify(patch, null, 2)
        .split('\n')
        .map((line) => `    ${line}`),
      '',
    ]),
    ...Object.entries(proof.images).map(([from, to]) => `- image ${plain(from)} → ${plain(to)}`),
    '',
  ];
}

function cause({ cause: name, count, confidence, also, evidence, fix, example }: CauseVerdict): string[] {
  const others = also.length === 0 ? '' : `, with ${also.join(', ')}`;
  return [
    `- **${plain(name)}** × ${count} (${confidence}${others})`,
    ...(evidence === undefined ? [] : [`  - for example ${example}: ${plain(evidence)}`]),
    ...(fix === '' ? [] : ['  - smallest fix:', '', ...fix.split('\n').map((line) => `        ${line}`)]),
    '',
  ];
}

const ms = (value: number | null) => (value === null ? '–' : value.toFixed(1));

/** Names and texts come from a cluster: they may not end a table cell or start markup. */
const plain = (text: string) => printable(text).replace(/[\\`*_{}[\]<>|#]/g, '\\$&');

/** Inside an element, Markdown is not read. */
const inHtml = (text: string) =>
  printable(text).replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;' })[one] ?? '&gt;');
