import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { CauseVerdict, RunReport, ScenarioVerdict } from '../report/verdict.ts';
import { printOutcome } from './outcome.ts';

const LONG = 'a scenario with a name that says in a whole sentence what is claimed of the service';

const scenario = (name: string, asExpected = true): ScenarioVerdict => ({
  name,
  verdict: 'pass',
  expected: asExpected ? 'pass' : 'fail',
  asExpected,
  transitions: [],
  lanes: [{ name: 'new', verdict: 'pass', sent: 1000, dropped: 0, stalled: 0, notStarted: 0 }],
  checks: [],
  causes: [],
  reconciliation: [],
  endpointLag: [],
  sensitivity: [],
});

const CAUSE: CauseVerdict = {
  cause: '',
  count: 1,
  confidence: 'certain',
  certain: 1,
  also: [],
  fix: '',
  page: '',
  example: '',
};

function printed(scenarios: ScenarioVerdict[], columns?: number, notRun: string[] = []): string[] {
  const report: RunReport = {
    schema: 1,
    rollproof: '0',
    run: 'r',
    startedAt: '',
    verdict: 'pass',
    cluster: null,
    scenarios,
    ...(notRun.length > 0 ? { notRun } : {}),
  };
  const parts: string[] = [];
  printOutcome(report, 'reports/r', (part) => parts.push(part) > 0, columns);
  return stripVTControlCharacters(parts.join('')).split('\n');
}

test('in a terminal a line of the table takes one line, and names lose their end', () => {
  const rows = (columns?: number) =>
    printed([scenario(LONG), scenario('short')], columns).filter((line) => line.includes('0 of 1000'));
  expect(rows(80).map(({ length }) => length)).toEqual([79, 79]);
  expect(rows(80)[0]).toMatch(/^ {2}a scenario with a name that says i.*… +0 of 1000 +not known +pass$/);
  expect(rows(10)[0]).toContain(`${LONG.slice(0, 23)}… `);
  expect(rows()[0]).toContain(LONG);
});

test('of many scenarios only those that are not as expected are told at length; all are in the table', () => {
  const many = Array.from({ length: 60 }, (_, index) => scenario(`scenario ${index}`, index % 20 !== 7));
  const lines = printed(many, 100);
  expect(lines.filter((line) => line.startsWith('✘'))).toEqual(['✘ scenario 7', '✘ scenario 27', '✘ scenario 47']);
  expect(lines.filter((line) => line.startsWith('✔'))).toEqual([]);
  expect(lines.filter((line) => line.includes('0 of 1000'))).toHaveLength(60);
});

test('of the self-test, that it was caught is all that matters', () => {
  const [seen, blind] = [scenario('seen'), scenario('blind', false)].map((one) => ({
    ...one,
    selfTest: true as const,
    causes: [{ ...CAUSE, cause: 'exits-without-draining' }],
  }));
  const lines = printed([seen!, blind!]);
  expect(lines.filter((line) => line.includes('exits-without-draining'))).toHaveLength(1);
  expect(lines.join('\n')).toContain(
    '  pass, expected fail: the detector is blind, and no pass of this run says anything',
  );
});

test('what was not run is named and counted', () => {
  const lines = printed([scenario('one')], 100, ['two', 'three']);
  expect(lines).toEqual(expect.arrayContaining(['  not run: two', '  not run: three']));
  expect(lines).toContain('pass: 1 of 1 scenarios came out as expected, 2 were not run');
});

test('whatever a cluster or a scenario says moves no cursor, and ends no line', () => {
  const evil = 'a\u001b[2J\u001b]0;title\u0007\r\nb\u009b31m\u202ec';
  const hostile: ScenarioVerdict = {
    ...scenario(evil, false),
    verdict: 'fail',
    checks: [{ name: 'done', verdict: 'fail', examined: 1, witnesses: [], detail: evil, witness: evil }],
    claims: [
      {
        text: evil,
        measure: 'x',
        holds: false,
        expected: true,
        asExpected: false,
        figures: evil,
        examined: 1,
        witnesses: [],
        witness: evil,
      },
    ],
    scope: { load: [evil], notTested: [evil] },
    failedTest: evil,
  };
  const parts: string[] = [];
  const report: RunReport = {
    schema: 1,
    rollproof: '0',
    run: 'r',
    startedAt: '',
    verdict: 'fail',
    cluster: null,
    scenarios: [hostile, { ...hostile, verdict: 'pass', asExpected: true }],
    notRun: [evil],
  };
  printOutcome(report, 'reports/r', (part) => parts.push(part) > 0);
  // Our own colours are all that may be left.
  const left = parts.join('').replace(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '');
  expect(left.match(/[^\P{Cc}\n]|[\u202a-\u202e]/gu)).toBeNull();
  expect(left).toContain('a[2J]0;title b31mc');
});
