import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { summary } from './summary.ts';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import type { CauseVerdict, ScenarioVerdict } from './verdict.ts';

const EVIL = `a | b\n# <script>alert(1)</script> <img src=x onerror=alert(2)> [x](javascript:alert(3)) \`x\` **y** \u001b[2J`;

const wave = { old: 3, new: 1, seconds: 1.2, floor: 3, minReady: 3, minAvailable: 3, maxPods: 4, stalled: 0, p50Ms: 1 };
const cause: CauseVerdict = {
  cause: 'exits-without-draining',
  count: 7,
  confidence: 'certain',
  certain: 7,
  also: [],
  fix: 'drain\nspec:\n  template: {}',
  page: '',
  example: 'o1',
  evidence: EVIL,
};

const whole = (fields: Partial<ScenarioVerdict> = {}): ScenarioVerdict =>
  scenarioVerdict({
    name: EVIL,
    verdict: 'fail',
    asExpected: false,
    transitions: [
      {
        kind: EVIL,
        seconds: 3.2,
        requests: 900,
        dropped: 7,
        waves: [{ ...wave, requests: 90, dropped: 7, p99Ms: 8.24 }],
      },
    ],
    lanes: [{ name: 'new', verdict: 'fail', sent: 300, dropped: 7, stalled: 0, notStarted: 0 }],
    checks: [{ name: 'no-drops', verdict: 'fail', examined: 900, witnesses: [], detail: EVIL, witness: EVIL }],
    causes: [cause],
    endpointLag: [{ pod: EVIL, ms: 12, atMostMs: null }],
    claims: [
      {
        text: EVIL,
        measure: 'x',
        holds: false,
        expected: true,
        asExpected: false,
        figures: EVIL,
        examined: 1,
        witnesses: [],
        onlyIf: EVIL,
      },
    ],
    scope: { load: ['new: GET /, 60 a second'], notTested: ['IPv6'] },
    failedTest: EVIL,
    ...fields,
  });

const rendered = (...scenarios: ScenarioVerdict[]) =>
  marked.parse(summary({ ...runReport('fail', scenarios), run: EVIL, notRun: [EVIL] }), { async: false, gfm: true });

describe('rendered as a CI’s page does it', () => {
  test('what came from a cluster starts no markup, no link, no row of its own', () => {
    for (const html of [rendered(whole()), rendered(...Array.from({ length: 9 }, () => whole({ asExpected: true })))]) {
      expect(html).not.toMatch(/<(script|img|a) /i);
      expect(html).not.toContain('<script>');
      expect(html).not.toContain('\u001b');
      expect(html.match(/<h1>/g)).toHaveLength(1);
    }
  });

  test('tables are tables, with as many cells as they have heads', () => {
    const html = rendered(whole());
    const tables = html.split('<table>').slice(1);
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const table of tables) {
      const head = table.match(/<th[ >]/g)!.length;
      for (const row of table.split('<tr>').slice(2)) expect(row.match(/<td[ >]/g)).toHaveLength(head);
    }
  });

  test('of one scenario the sentence and the fix come first', () => {
    const text = summary(runReport('fail', [whole({ name: 'a roll' })]));
    expect(text.split('\n').slice(2, 6)).toEqual([
      '**Dropped 7 of 900 requests during wave 1 of 1: the pods exit while connections are open.**',
      '',
      'Fix: drain.',
      '',
    ]);
    expect(text.split('\n')[6]).toBe('    spec:');
  });

  test('of many scenarios those that somebody has to look at are told, the others are folded', () => {
    const fine = Array.from({ length: 9 }, (_, i) => scenarioVerdict({ name: `fine ${i}` }));
    const text = summary(runReport('fail', [...fine, whole({ name: 'wrong' })]));
    expect(text).toMatch(/^9 of 10 scenarios came out as expected\.$/m);
    expect(text).toMatch(/^\*\*wrong\*\*: /m);
    expect(text.match(/<details>/g)).toHaveLength(9);
    expect(text.indexOf('## wrong')).toBeLessThan(text.indexOf('<details>'));
  });
});

test('a text of a megabyte is cut', () => {
  const text = summary(runReport('fail', [whole({ failedTest: 'x'.repeat(1_000_000) })]));
  expect(text.length).toBeLessThan(30_000);
  expect(text).toContain('… (1000000 characters)');
});
