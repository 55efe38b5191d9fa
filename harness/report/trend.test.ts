import { expect, test } from 'vitest';
import { runReport, scenarioVerdict } from './testing/verdicts.ts';
import { trendOf } from './trend.ts';
import type { RunReport } from './verdict.ts';

const night = (day: number, dropped: number | undefined, name = 'a'): RunReport => ({
  ...runReport(dropped === 0 ? 'pass' : 'fail', [
    scenarioVerdict({
      name,
      verdict: dropped === 0 ? 'pass' : 'fail',
      asExpected: dropped === 0,
      transitions: [{ kind: 'rolling', seconds: 1, requests: 100, dropped: dropped ?? 0, waves: [] }],
    }),
  ]),
  run: `r${day}`,
  startedAt: `2026-01-0${day}T00:00:00.000Z`,
});

test('runs in the order of time, whatever order they are found in; what a run did not have is empty', () => {
  const { runs, scenarios } = trendOf([night(3, 7), night(1, 0), night(2, 0, 'b')]);
  expect(runs.map(({ run }) => run)).toEqual(['r1', 'r2', 'r3']);
  expect(scenarios.map(({ name, cells }) => [name, cells.map((one) => one?.dropped ?? null)])).toEqual([
    ['a', [0, null, 7]],
    ['b', [null, 0, null]],
  ]);
});

test.each([
  [[0, 0, 0], 'came out as expected in 3 of 3 runs; 0 dropped in all'],
  [[0, 5, 0], 'came out as expected in 2 of 3 runs; 5 dropped in all'],
  [[0, 5, 6], 'came out as expected in 1 of 3 runs; in the last 2 it did not; 11 dropped in all'],
  [[1, 1], 'came out as expected in 0 of 2 runs; 2 dropped in all'],
])('%j: %s', (drops, words) => {
  expect(trendOf(drops.map((dropped, day) => night(day + 1, dropped))).scenarios[0]!.words).toBe(words);
});
