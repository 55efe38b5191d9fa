import { figure, totals } from './headline.ts';
import type { RunReport, ScenarioVerdict } from './verdict.ts';

/** Runs over time, oldest first, and what came of each scenario in them. */
export interface Trend {
  runs: { run: string; startedAt: string; verdict: RunReport['verdict'] }[];
  /** A cell for each run; null where the run did not have the scenario. */
  scenarios: { name: string; cells: (Cell | null)[]; words: string }[];
}

export interface Cell {
  verdict: ScenarioVerdict['verdict'];
  asExpected: boolean;
  requests: number;
  dropped: number;
}

export function trendOf(reports: RunReport[]): Trend {
  const runs = reports.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const names = [...new Set(runs.toReversed().flatMap(({ scenarios }) => scenarios.map(({ name }) => name)))];
  return {
    runs: runs.map(({ run, startedAt, verdict }) => ({ run, startedAt, verdict })),
    // What somebody has to look at comes first.
    scenarios: names
      .map((name) => {
        const cells = runs.map(({ scenarios }) => cell(scenarios.find((one) => one.name === name)));
        return { name, cells, words: words(cells) };
      })
      .sort((a, b) => Number(isWrong(b.cells)) - Number(isWrong(a.cells))),
  };
}

/** The last time that it was run. */
const isWrong = (cells: (Cell | null)[]): boolean => cells.findLast((one) => one !== null)?.asExpected === false;

function cell(scenario: ScenarioVerdict | undefined): Cell | null {
  if (scenario === undefined) return null;
  const { verdict, asExpected } = scenario;
  return { verdict, asExpected, ...totals(scenario) };
}

/** "as expected in 29 of 30 runs; since the last 3 it is not". */
function words(cells: (Cell | null)[]): string {
  const known = cells.filter((one) => one !== null);
  const good = known.filter(({ asExpected }) => asExpected).length;
  const lately = known.length - 1 - known.findLastIndex(({ asExpected }) => asExpected);
  const dropped = known.reduce((sum, one) => sum + one.dropped, 0);
  const since =
    lately === 0 || lately === known.length ? '' : `; in the last ${lately === 1 ? 'one' : lately} it did not`;
  return `came out as expected in ${good} of ${known.length} runs${since}; ${figure(dropped)} dropped in all`;
}
