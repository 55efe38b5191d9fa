import { describe, expect, test } from 'vitest';
import { ARTICLE } from './article.ts';
import { articleClaims, differing } from './claims.ts';
import { claimsPage, claimsTable, withClaims } from './claims-table.ts';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import type { ClaimVerdict, RunReport, ScenarioVerdict } from './verdict.ts';

const claim = (text: string, holds: boolean | null, fields: Partial<ClaimVerdict> = {}): ClaimVerdict => ({
  text,
  measure: 'drops-nothing',
  holds,
  expected: true,
  asExpected: holds === true,
  figures: '3 of 900 requests dropped',
  examined: 900,
  witnesses: [],
  article: 2,
  ...fields,
});

const scenario = (name: string, ...claims: ClaimVerdict[]): ScenarioVerdict => scenarioVerdict({ name, claims });

const report = (...scenarios: ScenarioVerdict[]): RunReport => runReport('pass', scenarios);

const second = (...scenarios: ScenarioVerdict[]) => articleClaims(report(...scenarios))[1]!;
const drains = { onlyIf: 'the app drains' };

describe('of what a run measured of its statements, a claim', () => {
  test.each([
    ['holds', [claim('a', true), claim('b', true)]],
    ['holds', [claim('a', true), claim('a', true, drains)]],
    ['does not hold', [claim('a', false), claim('b', false)]],
    ['does not hold', [claim('a', false), claim('a', false, drains)]],
    ['holds in part', [claim('a', true), claim('b', false)]],
    ['holds in part', [claim('a', true), claim('a', false, drains)]],
    // Another statement that holds under a condition mends nothing.
    ['holds in part', [claim('a', false), claim('b', true, drains)]],
    ['holds only if', [claim('a', true), claim('b', false), claim('b', true, drains)]],
    ['holds only if', [claim('a', true, drains)]],
    ['holds only if', [claim('a', true), claim('b', true, drains)]],
    // One of two that fail is mended.
    ['holds in part', [claim('a', false), claim('b', false), claim('a', true, drains)]],
    ['holds only if', [claim('a', false), claim('b', false), claim('a', true, drains), claim('b', true, drains)]],
    // What was measured again holds, but something else fails under that condition.
    ['holds in part', [claim('a', false), claim('a', true, drains), claim('c', false, drains)]],
    // What is true in its place decides nothing.
    ['does not hold', [claim('a', false), claim('b', true, { instead: true })]],
    ['not known', [claim('a', true), claim('b', null)]],
    ['not measured', []],
    ['not measured', [claim('of another', true, { article: 3 }), claim('of none', true, { article: undefined })]],
  ] satisfies [string, ClaimVerdict[]][])('%s: %#', (outcome, claims) => {
    expect(second(scenario('s', ...claims)).outcome).toBe(outcome);
  });

  test('names the conditions that mend it, and not those that do not', () => {
    const ready = { onlyIf: 'a probe is wired' };
    const { onlyIf } = second(
      scenario('printed', claim('a', false)),
      scenario('wired', claim('a', false, ready)),
      scenario('fixed', claim('a', true, drains)),
    );
    expect(onlyIf).toEqual(['the app drains']);
  });
});

test('a scenario that was repeated is one statement, which holds only if it held each time', () => {
  const { statements, outcome } = second(
    scenario('s, 1 of 3', claim('a', true)),
    scenario('s, 2 of 3', claim('a', false, { figures: '1 of 900 requests dropped' })),
    scenario('s, 3 of 3', claim('a', true)),
  );
  expect(statements).toMatchObject([
    { holds: false, scenario: 's, 2 of 3', figures: 'held 2 of 3 times; 1 of 900 requests dropped', asExpected: false },
  ]);
  expect(outcome).toBe('does not hold');
});

test('the article has 20 claims, numbered in their order, and the table a row for each', () => {
  expect(ARTICLE.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  const rows = claimsTable(report(), 'summary.md')
    .split('\n')
    .filter((line) => /^\| \d/.test(line));
  expect(rows).toHaveLength(20);
});

describe('a claim that fails as published, and holds where the app drains', () => {
  const run = report(
    scenario(
      "the article's app, as it is",
      claim('none unavailable', true, { figures: 'at 80 instants 3 ready' }),
      claim('zero dropped', false, { asExpected: true }),
    ),
    scenario(
      'the app | mended',
      claim('zero dropped', true, { ...drains, figures: '0 of 900 requests dropped' }),
      claim('none unavailable', true, drains),
      claim('drains', true, { instead: true }),
    ),
  );

  test('has a row that says which, what is true, and the statements that decide it', () => {
    const table = claimsTable(run, 'reports/example/claims.md');
    expect(table).toContain('Of 20: holds only if 1, not measured 19.');
    expect(table.split('\n').find((line) => line.startsWith('| 2 |'))).toBe(
      [
        '| 2 | 3 replicas, maxSurge 1, maxUnavailable 0: zero pods unavailable, zero dropped requests ',
        '**holds only if** the app drains ',
        '*the strategy keeps the pods; whether requests are kept is up to how the app ends, and when it is told to*' +
          '<br>✔ none unavailable: at 80 instants 3 ready' +
          '<br>✘ zero dropped: 3 of 900 requests dropped' +
          '<br>✔ zero dropped if the app drains: 0 of 900 requests dropped' +
          ' [all of it](reports/example/claims.md#claim-2) |',
      ].join('| '),
    );
  });

  test('has a section with all of them, each under the scenario that it links to', () => {
    const [section] = /## Claim 2\n[\s\S]*?(?=\n## )/.exec(claimsPage(run, 'summary.md'))!;
    expect(section).toContain(
      "[the article's app, as it is](summary.md#the-articles-app-as-it-is):\n\n- ✔ none unavailable",
    );
    expect(section).toContain(
      '[the app \\| mended](summary.md#the-app--mended):\n\n- ✔ zero dropped if the app drains: 0',
    );
    expect(section).toContain('- ✔ instead: drains: 3 of 900 requests dropped');
  });
});

test('what came out otherwise than expected says so, and long figures are cut', () => {
  const table = claimsTable(report(scenario('s', claim('a', false, { figures: 'x'.repeat(300) }))), 'c.md');
  expect(table).toContain(`✘ a (not as expected): ${'x'.repeat(119)}… [all of it](c.md#claim-2) |`);
});

test('the table takes the place of what is between the marks, again and again', () => {
  const text = 'before\n<!-- claims: begin (npm run claims) -->\nold\n<!-- claims: end -->\nafter\n';
  const once = withClaims(text, 'table');
  expect(once).toBe('before\n<!-- claims: begin (npm run claims) -->\n\ntable\n\n<!-- claims: end -->\nafter\n');
  expect(withClaims(once, 'table')).toBe(once);
  expect(() => withClaims('before after', 'table')).toThrow('there are no marks');
});

test('two runs differ where their outcomes do, not where their figures do', () => {
  const of = (holds: boolean, figures: string) => articleClaims(report(scenario('s', claim('a', holds, { figures }))));
  expect(differing(of(true, '1'), of(true, '2'))).toEqual([]);
  expect(differing(of(true, '1'), of(false, '1'))).toEqual(['claim 2: holds; there: does not hold']);
});
