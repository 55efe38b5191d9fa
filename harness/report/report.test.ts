import { expect, test } from 'vitest';
import { junit } from './junit.ts';
import { summary } from './summary.ts';
import type { RunReport, ScenarioVerdict } from './verdict.ts';

const scenario = (fields: Partial<ScenarioVerdict>): ScenarioVerdict => ({
  name: 'a scenario',
  verdict: 'pass',
  expected: 'pass',
  asExpected: true,
  transitions: [],
  lanes: [],
  checks: [],
  causes: [],
  reconciliation: [],
  endpointLag: [],
  sensitivity: [],
  ...fields,
});

const report = (...scenarios: ScenarioVerdict[]): RunReport => ({
  schema: 1,
  rollproof: '0.1.0',
  run: '20260101-000000-abcd',
  startedAt: '2026-01-01T00:00:00.000Z',
  verdict: 'fail',
  cluster: null,
  scenarios,
});

test('JUnit: an expected failure passed, an unexpected verdict failed, an inconclusive one is an error', () => {
  const xml = junit(
    report(
      scenario({ name: 'expected', verdict: 'fail', expected: 'fail' }),
      scenario({ name: 'unexpected', verdict: 'fail', asExpected: false }),
      scenario({ name: 'unclear', verdict: 'inconclusive', asExpected: false }),
    ),
  );
  expect(xml).toContain('tests="3" failures="1" errors="1"');
  expect(xml).toMatch(/name="expected" time="0.000"\/>/);
  expect(xml).toMatch(/name="unexpected"[\s\S]*<failure message="expected pass, measured fail">/);
  expect(xml).toMatch(/name="unclear"[\s\S]*<error message="expected pass, measured inconclusive">/);
});

test('JUnit: what came from a cluster can neither end an attribute nor be a control character', () => {
  const xml = junit(
    report(
      scenario({
        name: 'a "<b>" & \u0007',
        asExpected: false,
        checks: [{ name: 'done', verdict: 'fail', examined: 1, witnesses: [], detail: '</failure><x>' }],
      }),
    ),
  );
  expect(xml).toContain('name="a &quot;&lt;b&gt;&quot; &amp; ␇"');
  expect(xml).toContain('&lt;/failure&gt;&lt;x&gt;');
});

test('Markdown: what came from a cluster starts no markup and ends no cell', () => {
  const text = summary(report(scenario({ name: 'a | b\n# <script>' })));
  expect(text).toContain('| a \\| b \\# \\<script\\> |');
  expect(text).not.toContain('<script>');
});
