import { styleText } from 'node:util';
import { headline } from '../report/headline.ts';
import { printable } from '../report/printable.ts';
import { scopeLines } from '../report/scope.ts';
import { butWords, claimLine, testLines } from '../report/unexpected.ts';
import type { CauseVerdict, RunReport, ScenarioVerdict } from '../report/verdict.ts';
import { table, waveTables } from '../report/wave-table.ts';
import { hazardLine } from '../report/words.ts';
import { type CiLog, ciLog } from './ci.ts';

/** The summary on the terminal: what came out, side by side, why, and where the evidence lies. Read in ten seconds. */
export function printOutcome(
  report: RunReport,
  folder: string,
  write = (text: string) => process.stdout.write(text),
  columns: number | undefined = process.stdout.columns,
  ci: CiLog = ciLog(),
): void {
  const { scenarios, notRun = [] } = report;
  // Of many, only those that somebody has to look at are told at length.
  const told = scenarios.length > MOST_AT_LENGTH ? scenarios.filter(({ asExpected }) => !asExpected) : scenarios;
  const wrong = told.filter(({ asExpected }) => !asExpected);
  const fine = told.filter(({ asExpected }) => asExpected);
  if (fine.length > 0) write(`\n${ci.open(`As expected: ${fine.length}`)}${lines(fine)}${ci.close()}`);
  if (wrong.length > 0) write(`\n${lines(wrong)}`);
  write(`${comparison(scenarios, columns).join('\n')}\n`);
  for (const name of notRun) write(`  not run: ${printable(name)}\n`);
  write(
    `${closing(report)}\n${ci.annotations(report)}Report: ${folder}/report.html (evidence beside it: summary.md, verdict.json, history.jsonl.gz)\n`,
  );
}

const MOST_AT_LENGTH = 12;

const lines = (scenarios: ScenarioVerdict[]) => `${scenarios.flatMap(scenarioLines).join('\n')}\n`;

function scenarioLines(scenario: ScenarioVerdict): string[] {
  const expected = outcomeWords(scenario);
  const mark = scenario.asExpected ? styleText('green', '✔') : styleText('red', '✘');
  const head = [
    `${mark} ${styleText('bold', printable(scenario.name))}`,
    `  ${paint(scenario.verdict)}${expected}. ${printable(headline(scenario))}`,
  ];
  // Nobody asked for it: that it was caught is all that matters of it.
  if (scenario.selfTest && scenario.asExpected) return [...head, ''];
  return [
    ...head,
    ...claimLines(scenario),
    ...waveTables(scenario),
    ...scenario.causes.slice(0, 4).flatMap(causeLines),
    ...hazardLines(scenario),
    ...scenario.checks
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ name, verdict, detail }) => `  ${paint(verdict)} ${name}: ${printable(detail)}`),
    ...reconciliationLines(scenario),
    ...sensitivityLines(scenario),
    ...(scenario.verdict === 'pass' && scenario.scope !== undefined ? scopeLines(scenario.scope) : []).map(
      (line) => `  ${printable(line)}`,
    ),
    ...proofLines(scenario),
    '',
  ];
}

/** A fix that is tried out claims nothing. */
function outcomeWords(scenario: ScenarioVerdict): string {
  if (scenario.proof !== undefined) return `, ${scenario.proof.words}`;
  if (!scenario.asExpected) return butWords(scenario);
  return scenario.expected === 'any' ? '' : ', as expected';
}

/** A line each; those that came out otherwise than expected first, with what shows it. */
function claimLines(scenario: ScenarioVerdict): string[] {
  const { claims = [] } = scenario;
  const sorted = claims.toSorted((a, b) => Number(a.asExpected) - Number(b.asExpected));
  return [
    ...sorted.flatMap((claim) => [
      claim.asExpected ? claimLine(claim) : styleText('red', claimLine(claim)),
      ...(claim.asExpected || claim.witness === undefined ? [] : [`      first: ${printable(claim.witness)}`]),
    ]),
    ...testLines(scenario),
  ];
}

/** What a pass hides: nothing was in hand when it happened, and that was luck. */
function hazardLines({ hazards = [] }: ScenarioVerdict): string[] {
  return hazards.map((one) => `  ${styleText('yellow', '!')} ${printable(hazardLine(one, one.page))}`);
}

/** Only what should not be: a request that was sent again in silence, answered by nobody, done twice. */
function reconciliationLines({ reconciliation }: ScenarioVerdict): string[] {
  return reconciliation.flatMap((one) => {
    const facts = [
      [one.sentAgain, 'sent again on another connection, and the client never told'],
      [one.handledNeverAnswered, 'handled, but never answered'],
      [one.handledTwice, 'handled twice'],
      [one.answeredNeverHandled, 'answered, but in no log'],
    ] as const;
    const found = facts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return found.length === 0 ? [] : [`  ${one.lane}: ${found.join('; ')}`];
  });
}

/** A pass is worth as much as what it would have seen. */
function sensitivityLines({ verdict, sensitivity }: ScenarioVerdict): string[] {
  if (verdict !== 'pass') return [];
  const keenest = sensitivity.toSorted((a, b) => a.missed - b.missed)[0];
  return keenest === undefined ? [] : [`  ${keenest.text} (lane ${keenest.lane})`];
}

const OUTCOMES = {
  'ends-it': 'ends it',
  'in-part': 'helps in part',
  not: 'does not help',
  open: 'could not be judged',
} as const;

function proofLines(scenario: ScenarioVerdict): string[] {
  const { proof } = scenario;
  if (proof === undefined) return [];
  if (proof.outcome === 'open') return [`  ${styleText('bold', `${proof.words}: ${OUTCOMES.open}`)}`];
  return [
    `  ${styleText('bold', `${proof.words}: ${OUTCOMES[proof.outcome]}`)}`,
    ...table([
      ['dropped', 'before', 'after'],
      ...proof.lanes.map(({ lane, before, after }) => [`in lane ${lane}`, String(before), String(after)]),
      ...proof.causes.map(({ cause, before, after }) => [`by ${cause}`, String(before), String(after)]),
    ]).map((line) => `  ${line}`),
    ...leftLines(scenario),
  ];
}

/** What a fix that helps in part leaves over. */
function leftLines({ proof, causes }: ScenarioVerdict): string[] {
  if (proof?.outcome !== 'in-part') return [];
  return causes.map(
    ({ cause, count, fix }) => `    left: ${count} × ${cause}, which it does not end: ${fix.split('\n')[0]}`,
  );
}

function causeLines({ cause, count, confidence, also, fix }: CauseVerdict): string[] {
  const others = also.length === 0 ? '' : `, with ${also.join(', ')}`;
  const remedy = fix.split('\n')[0] ?? '';
  return [
    `  ${count} × ${styleText('yellow', cause)} (${confidence}${others})`,
    ...(remedy === '' ? [] : [`      fix: ${remedy}`]),
  ];
}

const FLOORS = { pass: 'kept', fail: 'not kept', inconclusive: 'not known' } as const;

/** All scenarios in one table, so that a fix is seen next to what it fixes. */
function comparison(scenarios: ScenarioVerdict[], columns = Number.POSITIVE_INFINITY): string[] {
  const lanes = [...new Set(scenarios.flatMap(({ lanes }) => lanes.map(({ name }) => name)))].filter(
    (name) => name !== 'control',
  );
  const cell = (scenario: ScenarioVerdict, lane: string) => {
    const found = scenario.lanes.find(({ name }) => name === lane);
    return found === undefined ? '–' : `${found.dropped} of ${found.sent}`;
  };
  const rows = [
    ['dropped', ...lanes, 'ready floor', 'verdict'],
    ...scenarios.map((one) => [
      printable(one.name),
      ...lanes.map((lane) => cell(one, lane)),
      FLOORS[one.checks.find(({ name }) => name === 'ready-floor')?.verdict ?? 'inconclusive'],
      `${one.verdict}${one.asExpected ? '' : ` (${otherwise(one)})`}`,
    ]),
  ];
  return table(rows.map(([name, ...cells]) => [shortened(name!, columns - beside(rows)), ...cells]));
}

/** Columns that a table takes beside the names in its first one, and one that stays free: a full line may wrap. */
function beside(rows: string[][]): number {
  const widths = rows[0]!.slice(1).map((_, column) => Math.max(...rows.map((row) => row[column + 1]!.length)));
  return widths.reduce((sum, width) => sum + width + 2, 3);
}

/** A name that is told apart by its beginning, as much of it as there is room for. */
function shortened(name: string, room: number): string {
  const most = Math.max(room, LEAST_NAME);
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

const LEAST_NAME = 24;

function otherwise({ verdict, expected, failedTest }: ScenarioVerdict): string {
  if (expected !== 'any' && verdict !== expected) return `expected ${expected}`;
  return failedTest === undefined ? 'not as expected' : 'its test failed';
}

function closing({ verdict, scenarios, notRun = [] }: RunReport): string {
  const expected = scenarios.filter(({ asExpected }) => asExpected).length;
  const rest = notRun.length === 0 ? '' : `, ${notRun.length} were not run`;
  return `${styleText('bold', paint(verdict))}: ${expected} of ${scenarios.length} scenarios came out as expected${rest}`;
}

function paint(verdict: string): string {
  const color = { pass: 'green', fail: 'red', inconclusive: 'yellow' }[verdict] ?? 'white';
  return styleText(color as 'green', verdict);
}
