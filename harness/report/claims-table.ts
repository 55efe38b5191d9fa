import { articleClaims, type ClaimOutcome, type JudgedArticleClaim, type Statement } from './claims.ts';
import { betweenMarks } from './marks.ts';
import { printable } from './printable.ts';
import type { RunReport } from './verdict.ts';

/**
 * The claims as a table in Markdown: of each what comes out, what is true, and the statements that decide it.
 *
 * @param page path of the run's claims.md (see `claimsPage`), as the table's reader finds it
 */
export function claimsTable(report: RunReport, page: string): string {
  const claims = articleClaims(report);
  return [
    about(report, page, claims),
    '',
    '| # | the article claims | it | measured (✔ holds, ✘ does not) |',
    '| ---: | --- | --- | --- |',
    ...claims.map((claim) => row(claim, page)),
  ].join('\n');
}

/**
 * Every statement of every claim, in Markdown, with its figures and the scenario that measured it.
 *
 * @param evidence path of the run's summary.md, as the page's reader finds it
 */
export function claimsPage(report: RunReport, evidence: string): string {
  const claims = articleClaims(report);
  const sections = claims.map(({ number, text, statements, ...claim }) =>
    [
      `## Claim ${number}`,
      '',
      `The article: ${text}`,
      '',
      `${outcomeOf(claim)}.${truthOf(claim)}`,
      ...byScenario(statements, evidence),
    ].join('\n'),
  );
  return [
    `# The article's claims, as measured`,
    '',
    about(report, evidence, claims),
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

function about({ cluster, scenarios, run }: RunReport, evidence: string, claims: JudgedArticleClaim[]): string {
  const measured = scenarios.filter((one) => one.claims?.some(({ article }) => article !== undefined)).length;
  const where = cluster === null ? '' : `, Kubernetes ${cluster.version} on ${cluster.provider}`;
  return `Generated from run [${run}](${evidence}): ${measured} scenarios${where}. Of 20: ${tally(claims)}.`;
}

/** "holds 7, holds only if 2, …". */
function tally(claims: JudgedArticleClaim[]): string {
  const order: ClaimOutcome[] = [
    'holds',
    'holds only if',
    'holds in part',
    'does not hold',
    'not known',
    'not measured',
  ];
  return order
    .map((outcome) => [outcome, claims.filter((one) => one.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ');
}

function row({ number, text, statements, ...claim }: JudgedArticleClaim, page: string): string {
  const truth = truthOf(claim).trim();
  const measured = [
    ...(truth === '' ? [] : [truth]),
    ...deciding(statements, claim.onlyIf).map((one) => told(one, SHORT)),
  ].join('<br>');
  const all = statements.length === 0 ? '' : ` [all of it](${page}#claim-${number})`;
  return `| ${number} | ${text} | ${outcomeOf(claim)} | ${measured || '–'}${all} |`;
}

const outcomeOf = ({ outcome, onlyIf }: Pick<JudgedArticleClaim, 'outcome' | 'onlyIf'>): string =>
  onlyIf.length > 0 ? `**holds only if** ${onlyIf.map(cell).join(', or ')}` : `**${outcome}**`;

/** What is true, where the claim is not. */
function truthOf({ outcome, instead }: Pick<JudgedArticleClaim, 'outcome' | 'instead'>): string {
  const wrong = !['holds', 'not known', 'not measured'].includes(outcome);
  return wrong && instead !== undefined ? ` *${instead}*` : '';
}

/** One statement of each kind: that holds as published, that does not, that holds under the condition that mends it. */
function deciding(statements: Statement[], conditions: string[]): Statement[] {
  const own = statements.filter(({ instead }) => !instead);
  const published = own.filter(({ onlyIf }) => onlyIf === undefined);
  const wrong = published.findLast(({ holds }) => holds === false);
  const right = published.find(({ holds }) => holds);
  const mended = own
    .filter(({ onlyIf, holds, text }) => onlyIf !== undefined && holds && (!wrong || text === wrong.text))
    .sort((a, b) => Number(conditions.includes(b.onlyIf!)) - Number(conditions.includes(a.onlyIf!)))[0];
  const open = own.find(({ holds }) => holds === null);
  return [right, wrong, wrong || !right ? mended : undefined, open].filter((one) => one !== undefined);
}

/** Each scenario's name, with a link to what it left, and below it its statements. */
function byScenario(statements: Statement[], evidence: string): string[] {
  const names = [...new Set(statements.map(({ scenario }) => scenario))];
  return names.flatMap((name) => [
    '',
    `[${cell(name)}](${evidence}#${anchor(name)}):`,
    '',
    ...statements.filter(({ scenario }) => scenario === name).map((one) => `- ${told(one)}`),
  ]);
}

const MARKS = new Map([
  [true, '✔'],
  [false, '✘'],
  [null, '?'],
]);

function told({ text, onlyIf, instead, holds, asExpected, figures }: Statement, most = MOST): string {
  const condition = onlyIf === undefined ? '' : ` if ${cell(onlyIf)}`;
  const surprise = asExpected ? '' : ' (not as expected)';
  const words = instead ? 'instead: ' : '';
  return `${MARKS.get(holds)} ${words}${cell(text)}${condition}${surprise}: ${cell(shortened(figures, most))}`;
}

/** Characters of figures on the page and in a cell: what is cut off is in the evidence. */
const [MOST, SHORT] = [600, 120];
const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Of a heading, as GitHub makes it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** It neither ends its cell or link nor starts markup; code in backticks is left. */
const cell = (text: string) => printable(text).replace(/[\\*_[\]<>|]/g, '\\$&');

/** @throws Error where it has no marks. */
export const withClaims = (text: string, table: string): string => betweenMarks(text, 'claims', table);
