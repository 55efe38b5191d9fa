import { ARTICLE, type ArticleClaim } from './article.ts';
import { printable } from './printable.ts';
import type { ClaimVerdict, RunReport, ScenarioVerdict } from './verdict.ts';

/**
 * What a run says of a claim of the article:
 *
 * - `holds`: every statement of it that was measured as published
 * - `holds only if`: what fails as published holds under a condition under which nothing fails; or a part of it was
 *   measured under a condition alone
 * - `holds in part`: some hold, some do not
 * - `does not hold`: none does
 * - `not known`: the evidence does not say, for one of them; `not measured`: the run has none
 */
export type ClaimOutcome = 'holds' | 'holds only if' | 'holds in part' | 'does not hold' | 'not known' | 'not measured';

/** One statement that is a part of a claim, as one scenario measured it. */
export interface Statement {
  text: string;
  /** Measured under this condition, which the article does not name. */
  onlyIf?: string;
  /** Null where the evidence does not say. Of a scenario that was repeated: whether it held each time. */
  holds: boolean | null;
  asExpected: boolean;
  figures: string;
  scenario: string;
  /** What is true in place of what the article says: it decides nothing. */
  instead?: boolean;
}

export interface JudgedArticleClaim extends ArticleClaim {
  outcome: ClaimOutcome;
  /** Of `holds only if`. */
  onlyIf: string[];
  statements: Statement[];
}

/** The 20 claims of the article, as a run measured them. */
export function articleClaims({ scenarios }: Pick<RunReport, 'scenarios'>): JudgedArticleClaim[] {
  return ARTICLE.map((claim) => {
    const statements = statementsOf(scenarios, claim.number);
    return { ...claim, ...outcomeOf(statements), statements };
  });
}

/** Statements of the same words about the same scenario are one: the scenario was repeated. */
function statementsOf(scenarios: ScenarioVerdict[], article: number): Statement[] {
  const all = new Map<string, Statement[]>();
  for (const { name, claims = [] } of scenarios) {
    const scenario = name.replace(/, \d+ of \d+$/, '');
    for (const claim of claims.filter((one) => one.article === article)) {
      const key = JSON.stringify([scenario, claim.text, claim.onlyIf]);
      all.set(key, [...(all.get(key) ?? []), statement(claim, name)]);
    }
  }
  return [...all.values()].map(together);
}

function statement({ text, onlyIf, instead, holds, asExpected, figures }: ClaimVerdict, scenario: string): Statement {
  return {
    text,
    ...(onlyIf === undefined ? {} : { onlyIf }),
    ...(instead ? { instead } : {}),
    holds,
    asExpected,
    figures,
    scenario,
  };
}

function together(times: Statement[]): Statement {
  const [first] = times as [Statement];
  if (times.length === 1) return first;
  const failed = times.find(({ holds }) => holds === false);
  const open = times.find(({ holds }) => holds === null);
  const shown = failed ?? open ?? first;
  const count = times.filter(({ holds }) => holds === true).length;
  const figures = `held ${count} of ${times.length} times; ${shown.figures}`;
  return { ...shown, figures, asExpected: times.every(({ asExpected }) => asExpected) };
}

function outcomeOf(all: Statement[]): { outcome: ClaimOutcome; onlyIf: string[] } {
  const statements = all.filter(({ instead }) => !instead);
  const plain = (outcome: ClaimOutcome) => ({ outcome, onlyIf: [] });
  if (statements.length === 0) return plain('not measured');
  if (statements.some(({ holds }) => holds === null)) return plain('not known');
  const published = new Set(statements.filter(({ onlyIf }) => onlyIf === undefined).map(({ text }) => text));
  if (statements.every(({ holds }) => holds)) {
    // What was measured under a condition alone holds only under that, as far as anybody knows.
    const conditions = statements.flatMap(({ text, onlyIf = [] }) => (published.has(text) ? [] : onlyIf));
    return conditions.length > 0 ? { outcome: 'holds only if', onlyIf: [...new Set(conditions)] } : plain('holds');
  }
  const onlyIf = mending(statements);
  if (onlyIf.length > 0) return { outcome: 'holds only if', onlyIf };
  return plain(statements.some(({ holds }) => holds) ? 'holds in part' : 'does not hold');
}

/** Conditions under which nothing fails, and all that fails as published was measured again. */
function mending(statements: Statement[]): string[] {
  const failing = statements.filter(({ onlyIf, holds }) => onlyIf === undefined && !holds).map(({ text }) => text);
  const conditions = new Set(statements.flatMap(({ onlyIf = [] }) => onlyIf));
  return [...conditions].filter((condition) => {
    const under = statements.filter(({ onlyIf }) => onlyIf === condition);
    const again = new Set(under.map(({ text }) => text));
    return failing.length > 0 && under.every(({ holds }) => holds) && failing.every((text) => again.has(text));
  });
}

/**
 * The claims as a table in Markdown.
 *
 * @param evidence path of the run's summary.md, as the table's reader finds it
 */
export function claimsTable(report: RunReport, evidence: string): string {
  const { cluster, scenarios, run } = report;
  const claims = articleClaims(report);
  const measured = scenarios.filter((one) => one.claims?.some(({ article }) => article !== undefined)).length;
  const where = cluster === null ? '' : `, Kubernetes ${cluster.version} on ${cluster.provider}`;
  return [
    `Generated from run [${run}](${evidence}): ${measured} scenarios${where}. Of 20: ${tally(claims)}.`,
    '',
    '| # | the article claims | which | measured (✔ holds, ✘ does not) |',
    '| ---: | --- | --- | --- |',
    ...claims.map((claim) => row(claim, evidence)),
  ].join('\n');
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

function row({ number, text, outcome, onlyIf, instead, statements }: JudgedArticleClaim, evidence: string): string {
  const wrong = !['holds', 'not known', 'not measured'].includes(outcome);
  const truth = wrong && instead !== undefined ? [`*${instead}*`] : [];
  const which = onlyIf.length > 0 ? `**holds only if** ${onlyIf.map(cell).join(', or ')}` : `**${outcome}**`;
  const measured = [...truth, ...byScenario(statements, evidence)].join('<br>');
  return `| ${number} | ${text} | ${which} | ${measured || '–'} |`;
}

/** Each scenario's name, with a link to what it left, and below it its statements. */
function byScenario(statements: Statement[], evidence: string): string[] {
  const names = [...new Set(statements.map(({ scenario }) => scenario))];
  return names.flatMap((name) => [
    `[${cell(name)}](${evidence}#${anchor(name)}):`,
    ...statements.filter(({ scenario }) => scenario === name).map(told),
  ]);
}

const MARKS = new Map([
  [true, '✔'],
  [false, '✘'],
  [null, '?'],
]);

function told({ text, onlyIf, instead, holds, asExpected, figures }: Statement): string {
  const condition = onlyIf === undefined ? '' : ` if ${cell(onlyIf)}`;
  const surprise = asExpected ? '' : ' (not as expected)';
  const words = instead ? 'instead: ' : '';
  return `${MARKS.get(holds)} ${words}${cell(text)}${condition}${surprise}: ${cell(shortened(figures))}`;
}

/** Characters of figures in a cell: what is cut off is in the evidence. */
const MOST = 160;
const shortened = (text: string) => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

/** Of a heading, as GitHub makes it. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

/** It neither ends its cell or link nor starts markup; code in backticks is left. */
const cell = (text: string) => printable(text).replace(/[\\*_[\]<>|]/g, '\\$&');

const BEGIN = /<!-- claims: begin[^>]*-->/;
const END = '<!-- claims: end -->';

/**
 * A text with a table in place of what is between its marks.
 *
 * @throws Error where it has no marks.
 */
export function withClaims(text: string, table: string): string {
  const begin = BEGIN.exec(text);
  const from = begin === null ? -1 : begin.index + begin[0].length;
  const to = text.indexOf(END, from);
  if (begin === null || to < 0) throw new Error('there are no marks <!-- claims: begin … --> and <!-- claims: end -->');
  return `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`;
}

/** Claims of which two runs say different things. */
export function differing(one: JudgedArticleClaim[], other: JudgedArticleClaim[]): string[] {
  const words = ({ outcome, onlyIf }: JudgedArticleClaim) => [outcome, onlyIf.join(', or ')].join(' ').trim();
  return one.flatMap((claim) => {
    const counterpart = other.find(({ number }) => number === claim.number);
    if (counterpart === undefined || words(claim) === words(counterpart)) return [];
    return [`claim ${claim.number}: ${words(claim)}; there: ${words(counterpart)}`];
  });
}
