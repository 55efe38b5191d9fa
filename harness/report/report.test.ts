import { describe, expect, test } from 'vitest';
import { junit } from './junit.ts';
import { summary } from './summary.ts';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import { explained, unexpected } from './unexpected.ts';
import type { ClaimVerdict, RunReport, ScenarioVerdict } from './verdict.ts';

const scenario = scenarioVerdict;
const report = (...scenarios: ScenarioVerdict[]): RunReport => runReport('fail', scenarios);

test('Markdown: what came from a cluster starts no markup and ends no cell', () => {
  const text = summary(report(scenario({ name: 'a | b\n# <script>' })));
  expect(text).toContain('| a \\| b \\# \\<script\\> |');
  expect(text).not.toContain('<script>');
});

describe('claims', () => {
  const claim = (fields: Partial<ClaimVerdict>): ClaimVerdict => ({
    text: 'zero dropped requests',
    measure: 'drops-nothing',
    holds: false,
    expected: true,
    asExpected: false,
    figures: '1 of 900 requests dropped',
    examined: 900,
    witnesses: ['o9'],
    witness: 'request new-9 (GET over a new connection), 2.10 s after the trigger, in wave (2,1): no answer',
    ...fields,
  });
  const known = claim({ text: 'pods go 4, 3', expected: false, asExpected: true, figures: 'they went 4, 4' });
  const wave = { old: 2, new: 1, seconds: 1.2, floor: 3, minReady: 3, minAvailable: 3, maxPods: 4 };
  const traffic = { requests: 40, dropped: 1, stalled: 0, p50Ms: 1, p99Ms: 8.26 };
  const failed = scenario({
    asExpected: false,
    claims: [known, claim({})],
    transitions: [{ kind: 'rolling', seconds: 3, requests: 900, dropped: 1, waves: [{ ...wave, ...traffic }] }],
  });

  test('that came out otherwise than expected come first, with their first witness; then the waves', () => {
    expect(explained(failed)).toBe(
      [
        'a scenario: "zero dropped requests" does not hold',
        '  ✘ zero dropped requests: does not hold, expected to hold: 1 of 900 requests dropped',
        '      first: request new-9 (GET over a new connection), 2.10 s after the trigger, in wave (2,1): no answer',
        '  wave (old,new)  seconds  ready ≥  floor  requests  dropped  stalled  p99 ms',
        '  (2,1)               1.2        3      3        40        1        0     8.3',
      ].join('\n'),
    );
  });

  test('are the text of a failure in JUnit, with the witness', () => {
    const xml = junit(report(failed));
    expect(xml).toContain('failures="1" errors="0"');
    expect(xml).toContain('&quot;zero dropped requests&quot; does not hold');
    expect(xml).toMatch(/<failure [^>]*>a scenario: &quot;zero[^<]*first: request new-9/);
  });

  test('that nobody can say of a pass are an error in JUnit, not a failure', () => {
    const open = scenario({ asExpected: false, claims: [claim({ holds: null, figures: 'watches were blind' })] });
    expect(junit(report(open))).toContain('failures="0" errors="1"');
    expect(unexpected(open)).toBe('"zero dropped requests" is not known');
    expect(junit(report({ ...open, claims: [...open.claims!, claim({})] }))).toContain('failures="1" errors="0"');
  });

  test('are told in Markdown, each with whether that was expected', () => {
    const text = summary(report(failed));
    expect(text).toContain('| pods go 4, 3 | ✘ does not hold | as expected | they went 4, 4; first: request');
    expect(text).toContain(
      '| zero dropped requests | ✘ does not hold | ✗ expected to hold | 1 of 900 requests dropped',
    );
  });
});

test('a test that failed after its rollout is told everywhere, without what is told anyway', () => {
  const drops = {
    name: 'no-drops',
    verdict: 'fail' as const,
    examined: 9,
    witnesses: [],
    detail: 'dropped: new 1 of 9',
  };
  const failed = scenario({
    expected: 'any',
    asExpected: false,
    checks: [drops],
    failedTest: 'expected 3\n  to be 4\n  fail no-drops: dropped: new 1 of 9',
  });
  expect(unexpected(failed)).toBe('its test failed: expected 3');
  expect(explained(failed).split('\n')).toEqual([
    'a scenario: its test failed: expected 3',
    '  expected 3',
    '    to be 4',
    '  fail no-drops: dropped: new 1 of 9',
  ]);
  expect(junit(report(failed))).toContain('failures="1" errors="0"');
  expect(summary(report(failed))).toContain('Its test failed:\n\n    expected 3\n      to be 4\n\n');
});
