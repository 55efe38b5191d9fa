import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeLine } from '../history/codec.ts';
import { packageRoot } from '../package-root.ts';
import { junit } from '../report/junit.ts';
import { summary } from '../report/summary.ts';
import { readHistory } from './run-folder.ts';
import { reportOf } from './session.ts';

const { header, observations } = readHistory(join(packageRoot, 'fixtures/histories/good-roll'));
const ran = observations[0]!.scenario;

/** The report of a run that set out to do these scenarios, and came to the first. */
function reportFor(selected?: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  const lines = [{ ...header, ...(selected === undefined ? {} : { selected }) }, ...observations];
  writeFileSync(join(folder, 'history.jsonl'), lines.map(encodeLine).join(''));
  return reportOf(folder);
}

test('a run that came to all of its scenarios passes', () => {
  expect(reportFor([ran])).toMatchObject({ verdict: 'pass' });
  expect(reportFor([ran])).not.toHaveProperty('notRun');
});

test('what a run did not come to is named, and keeps it from passing', () => {
  const report = reportFor([ran, 'one <more>', 'another']);
  expect(report).toMatchObject({ verdict: 'inconclusive', notRun: ['one <more>', 'another'] });
  expect(report.scenarios).toHaveLength(1);
});

test('JUnit has it as skipped, the summary as not run', () => {
  const report = reportFor([ran, 'one <more>']);
  expect(junit(report)).toMatch(/<testsuites [^>]*tests="2" failures="0" errors="0">/);
  expect(junit(report)).toContain('name="one &lt;more&gt;"><skipped message="the run did not come to it"/></testcase>');
  expect(summary(report)).toContain('| one \\<more\\> | not run |');
});

test('a history that does not say what was set out to be done is judged by what is in it', () => {
  expect(reportFor()).toMatchObject({ verdict: 'pass' });
});
