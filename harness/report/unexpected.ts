import type { Verdict } from '../history/types.ts';
import { printable } from './printable.ts';
import type { ClaimVerdict, ScenarioVerdict } from './verdict.ts';
import { waveTables } from './wave-table.ts';

/** What a scenario is to its run: pass where it came out as expected; inconclusive where nobody can say. */
export function outcomeOf(scenario: ScenarioVerdict): Verdict {
  const { asExpected, verdict, expected, claims = [], failedTest, selfTest } = scenario;
  if (asExpected) return 'pass';
  // A detector that is blind has proven nothing against anybody.
  if (selfTest) return 'inconclusive';
  if (verdict === 'inconclusive') return 'inconclusive';
  const wrong = claims.filter((claim) => !claim.asExpected);
  // A pass that was expected is missing nothing but what its claims could not tell.
  const open =
    verdict === 'pass' && expected !== 'fail' && wrong.length > 0 && wrong.every(({ holds }) => holds === null);
  return open && failedTest === undefined ? 'inconclusive' : 'fail';
}

/** The same after the verdict itself: "fail, expected pass", "fail, but: …". */
export function butWords(scenario: ScenarioVerdict): string {
  const words = unexpected(scenario);
  const itself = `${scenario.verdict}, `;
  return words.startsWith(itself) ? `, ${words.slice(itself.length)}` : `, but: ${words}`;
}

/** How a scenario came out otherwise than expected, in one line. */
export function unexpected(scenario: ScenarioVerdict): string {
  return scenario.selfTest ? `${otherwise(scenario)}: ${BLIND}` : otherwise(scenario);
}

const BLIND = 'the detector is blind, and no pass of this run says anything';

function otherwise(scenario: ScenarioVerdict): string {
  const { verdict, expected, causes, checks, claims = [], failedTest } = scenario;
  if (expected !== 'any' && verdict !== expected) return `${verdict}, expected ${expected}`;
  if (expected === 'any' && verdict === 'inconclusive') return `${verdict}, so nobody can say`;
  const wrong = claims.filter(({ asExpected }) => !asExpected);
  if (wrong.length > 0) return wrong.map(short).join('; ');
  if (failedTest !== undefined) return `its test failed: ${printable(failedTest.split('\n')[0]!)}`;
  const failed = checks.filter((check) => check.verdict === 'fail').map(({ name }) => name);
  const found = causes.map(({ cause, count }) => `${count} × ${cause}`).join(', ') || 'none';
  const how =
    expected === 'any' ? ', but not for the reason that it may' : ' as expected, but not for the expected reason';
  return `${verdict}${how} (failed: ${failed.join(', ')}; causes: ${found})`;
}

const short = ({ text, holds }: ClaimVerdict) => `"${printable(text)}" ${HOLDS.get(holds)}`;

const HOLDS = new Map([
  [true, 'holds'],
  [false, 'does not hold'],
  [null, 'is not known'],
]);

/**
 * A scenario that is not as expected, at length: first the claims that came out otherwise than expected, each with its
 * figures and its first witness; then the checks that do not pass, what they prove, why, and the waves.
 */
export function explained(scenario: ScenarioVerdict): string {
  const { name, claims = [] } = scenario;
  return [
    `${printable(name)}: ${unexpected(scenario)}`,
    ...claims.filter(({ asExpected }) => !asExpected).flatMap((claim) => [claimLine(claim), ...first(claim)]),
    ...testLines(scenario),
    ...whatWasSeen(scenario),
  ].join('\n');
}

/** What its test said, without what is told of every scenario anyway. */
export function testLines(scenario: ScenarioVerdict): string[] {
  const told = new Set(whatWasSeen(scenario));
  const lines = scenario.failedTest?.split('\n') ?? [];
  return lines
    .filter((line) => !told.has(line))
    .map((line) => `  ${/^ */.exec(line)![0]}${printable(line.trimStart())}`);
}

/** Checks that do not pass, causes, waves: what every message about a scenario ends with. */
export function whatWasSeen(scenario: ScenarioVerdict): string[] {
  const { checks, causes } = scenario;
  return [
    ...checks
      .filter(({ verdict }) => verdict !== 'pass')
      .flatMap((check) => [`  ${check.verdict} ${check.name}: ${printable(check.detail)}`, ...first(check)]),
    ...causes.map(({ cause, count, confidence }) => `  ${count} × ${cause} (${confidence})`),
    ...waveTables(scenario),
  ];
}

/** "✘ zero dropped requests: does not hold, expected to: 3 of 900 requests dropped". */
export function claimLine(claim: ClaimVerdict): string {
  const { text, holds, expected, asExpected, figures, onlyIf } = claim;
  const condition = onlyIf === undefined ? '' : `, if ${printable(onlyIf)}`;
  const words = expected ? ['', ', expected to hold'] : [', as expected', ', expected not to'];
  return `  ${holds === null ? '?' : holds ? '✔' : '✘'} ${printable(text)}${condition}: ${HOLDS.get(holds)}${words[asExpected ? 0 : 1]}: ${printable(figures)}`;
}

const first = ({ witness }: { witness?: string }) =>
  witness === undefined ? [] : [`      first: ${printable(witness)}`];
