import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runReport, scenarioVerdict } from '../report/testing/verdicts.ts';
import { ciLog, publishSummary } from './ci.ts';

const report = runReport('fail', [
  scenarioVerdict({ name: 'sound' }),
  scenarioVerdict({
    name: 'a, b: 100%\n::error::x',
    verdict: 'fail',
    asExpected: false,
    checks: [{ name: 'done', verdict: 'fail', examined: 1, witnesses: [], detail: 'stuck\n::set-output' }],
  }),
  scenarioVerdict({ name: 'unclear', verdict: 'inconclusive', asExpected: false }),
]);

test('GitHub: groups; an annotation for each scenario that is not as expected, which can end no line', () => {
  const log = ciLog({ GITHUB_ACTIONS: 'true' });
  expect(log.open('Set-up')).toBe('::group::Set-up\n');
  expect(log.close()).toBe('::endgroup::\n');
  expect(log.annotations(report)).toBe(
    [
      '::error title=a%2C b%3A 100%25 %3A%3Aerror%3A%3Ax::fail, expected pass. The rollout did not come to its end (stuck ::set-output).\n',
      '::warning title=unclear::inconclusive, expected pass. Nobody can say. Nothing was examined.\n',
    ].join(''),
  );
});

test('GitLab: collapsed sections, each with its own name', () => {
  const log = ciLog({ GITLAB_CI: 'true' }, () => 1_700_000_000_900);
  const opened = log.open('Set-up');
  const [first = ''] = /rollproof_\d+/.exec(opened) ?? [];
  expect(opened).toBe(`\x1b[0Ksection_start:1700000000:${first}[collapsed=true]\r\x1b[0KSet-up\n`);
  expect(log.close()).toBe(`\x1b[0Ksection_end:1700000000:${first}\r\x1b[0K\n`);
  // The set-up and the outcome are written by two logs of one process.
  const other = ciLog({ GITLAB_CI: 'true' }).open('More');
  expect(other).toContain('rollproof_');
  expect(other).not.toContain(`${first}[`);
  expect(log.annotations(report)).toBe('');
});

test('elsewhere: nothing', () => {
  const log = ciLog({});
  expect(log.open('Set-up') + log.close() + log.annotations(report)).toBe('');
});

test('the summary goes to the job’s page; one that is longer than the page may be, without its sections', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'rollproof-')), 'page.md');
  publishSummary(report, {});
  publishSummary(report, { GITHUB_STEP_SUMMARY: file });
  expect(readFileSync(file, 'utf8')).toContain('## unclear');
  const long = scenarioVerdict({ name: 'long', asExpected: false, failedTest: `failed\n${'x'.repeat(2_000)}` });
  publishSummary(runReport('fail', new Array(600).fill(long)), { GITHUB_STEP_SUMMARY: file });
  const text = readFileSync(file, 'utf8');
  expect(text.length).toBeLessThan(1 << 20);
  expect(text).toContain('The rest is in summary.md');
});
