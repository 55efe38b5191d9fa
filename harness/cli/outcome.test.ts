import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { RunReport, ScenarioVerdict } from '../report/verdict.ts';
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

test('what was not run is named and counted', () => {
  const lines = printed([scenario('one')], 100, ['two', 'three']);
  expect(lines).toEqual(expect.arrayContaining(['  not run: two', '  not run: three']));
  expect(lines).toContain('pass: 1 of 1 scenarios came out as expected, 2 were not run');
});
