import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../package-root.ts';
import { allRecords, chartOf, coursesOf, shortTable, speedPage, withSpeed } from './speed.ts';

const record = (commit: string, ratio: number) => ({
  bench: 'cluster',
  commit,
  machine: '2 × CPU, 8 GB, Linux 6.1',
  times: 7,
  rows: [{ what: 'a cluster', rollproofSeconds: 30, bareKindSeconds: 25, ratio }],
});

test('docs/speed.md is what the records say (a bench writes it)', () => {
  const page = join(packageRoot, 'docs/speed.md');
  expect(existsSync(page) ? readFileSync(page, 'utf8') : '').toBe(speedPage(allRecords()));
});

test('the README says in short what the last records say', () => {
  const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
  expect(withSpeed(readme, shortTable(allRecords()))).toBe(readme);
  expect(shortTable([{ ...record('aaa', 1.5), rows: [{ ratio: 1.5, ratioToReady: 1.1 }] }])).toContain(
    '| ≤ 1.05 × | 1.5 ×; against one with `--wait` 1.1 × |',
  );
});

test('the last record of a bench stands beside its goal; what was not measured says so', () => {
  const page = speedPage([record('aaa', 1.5), record('bbb', 1.2)]);
  expect(page).toContain('| ≤ 1.05 × | 1.2 × (30 s against 25 s)<br>(7 times, bbb) |');
  expect(page.match(/not measured yet/g)).toHaveLength(6);
  expect(page).toContain(
    '### cluster\n\n| commit | measured |\n| --- | --- |\n| aaa | 1.5 × (30 s against 25 s) |\n| bbb |',
  );
});

test('a cluster stands beside kind’s own wait too, where that was measured', () => {
  const rows = [{ rollproofSeconds: 30, bareKindSeconds: 10, ratio: 3, readyKindSeconds: 24, ratioToReady: 1.25 }];
  expect(speedPage([{ ...record('ccc', 3), rows }])).toContain(
    '3 × (30 s against 10 s); 1.25 × one that waits until its node is Ready (`--wait`, 24 s)<br>(7 times, ccc)',
  );
});

test('docs/speed.svg is drawn of the same records', () => {
  expect(readFileSync(join(packageRoot, 'docs/speed.svg'), 'utf8')).toBe(chartOf(allRecords()));
});

test('the chart goes from the oldest measurement to the newest, whichever bench it was of', () => {
  const judging = { ...record('bbb', 2), bench: 'judging' };
  const svg = chartOf([record('aaa', 2), judging, record('ccc', 1)]);
  const [a, b, c] = ['aaa', 'bbb', 'ccc'].map((commit) => svg.indexOf(`>${commit}<`));
  expect(a).toBeGreaterThan(0);
  expect(b).toBeGreaterThan(a!);
  expect(c).toBeGreaterThan(b!);
});

test('a course says how many times its goal a bench was', () => {
  expect(coursesOf([record('aaa', 2.1), record('bbb', 1.05)])).toEqual([
    {
      name: 'cluster',
      points: [
        { commit: 'aaa', timesGoal: 2 },
        { commit: 'bbb', timesGoal: 1 },
      ],
    },
  ]);
});
