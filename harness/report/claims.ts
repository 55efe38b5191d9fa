import { ARTICLE, type ArticleClaim } from './article.ts';
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

/** Claims of which two runs say different things. */
export function differing(one: JudgedArticleClaim[], other: JudgedArticleClaim[]): string[] {
  const words = ({ outcome, onlyIf }: JudgedArticleClaim) => [outcome, onlyIf.join(', or ')].join(' ').trim();
  return one.flatMap((claim) => {
    const counterpart = other.find(({ number }) => number === claim.number);
    if (counterpart === undefined || words(claim) === words(counterpart)) return [];
    return [`claim ${claim.number}: ${words(claim)}; there: ${words(counterpart)}`];
  });
}
