import { pValue } from '../checks/canary/judge.ts';
import { fisher, type Rate, TESTS } from '../checks/canary/tests.ts';
import { figure, totals } from './headline.ts';
import type { RunReport, ScenarioVerdict } from './verdict.ts';

/** Two runs side by side: before and after a fix, last night and tonight. */
export interface Comparison {
  pairs: Pair[];
  /** Scenarios that only one of them has. */
  onlyBefore: string[];
  onlyAfter: string[];
}

export interface Pair {
  before: ScenarioVerdict;
  after: ScenarioVerdict;
  change: 'better' | 'worse' | 'same';
  /** Why it is called so, for people. */
  words: string;
  causes: { cause: string; before: number; after: number }[];
  lanes: { lane: string; before: string; after: string }[];
}

/** A difference in drops that chance makes less often than this is called one. */
const LEVEL = 0.01;

/** Scenarios are matched by name; where each run has one alone, those two, whatever they are called. */
export function compare(before: RunReport, after: RunReport): Comparison {
  const [old, fresh] = [before.scenarios, after.scenarios];
  if (old.length === 1 && fresh.length === 1)
    return { pairs: [pair(old[0]!, fresh[0]!)], onlyBefore: [], onlyAfter: [] };
  const byName = new Map(old.map((one) => [one.name, one]));
  const names = new Set(fresh.map(({ name }) => name));
  return {
    pairs: fresh.flatMap((one) => {
      const other = byName.get(one.name);
      return other === undefined ? [] : [pair(other, one)];
    }),
    onlyBefore: old.filter(({ name }) => !names.has(name)).map(({ name }) => name),
    onlyAfter: fresh.filter(({ name }) => !byName.has(name)).map(({ name }) => name),
  };
}

function pair(before: ScenarioVerdict, after: ScenarioVerdict): Pair {
  const counts = (of: ScenarioVerdict) => new Map(of.causes.map(({ cause, count }) => [cause, count]));
  const [old, fresh] = [counts(before), counts(after)];
  const laneNames = [...new Set([...before.lanes, ...after.lanes].map(({ name }) => name))];
  const cell = (of: ScenarioVerdict, name: string) => {
    const lane = of.lanes.find((one) => one.name === name);
    return lane === undefined ? '–' : `${figure(lane.dropped)} of ${figure(lane.sent)}`;
  };
  return {
    before,
    after,
    ...change(before, after),
    causes: [...new Set([...old.keys(), ...fresh.keys()])].map((cause) => ({
      cause,
      before: old.get(cause) ?? 0,
      after: fresh.get(cause) ?? 0,
    })),
    lanes: laneNames.map((lane) => ({ lane, before: cell(before, lane), after: cell(after, lane) })),
  };
}

function change(before: ScenarioVerdict, after: ScenarioVerdict): Pick<Pair, 'change' | 'words'> {
  const [old, fresh] = [rate(before), rate(after)];
  const counts = `dropped ${words(old)} before, ${words(fresh)} after`;
  const [more, fewer] = [chance(fresh, old), chance(old, fresh)];
  const tested = (p: number) => `${counts} (${TESTS.errors}: p = ${pValue(p)})`;
  if (more < LEVEL) return { change: 'worse', words: tested(more) };
  if (fewer < LEVEL) return { change: 'better', words: tested(fewer) };
  if (before.verdict !== after.verdict) {
    // Nobody can say that what nobody can say is better or worse.
    const order = { fail: 0, inconclusive: undefined, pass: 1 } as const;
    const [from, to] = [order[before.verdict], order[after.verdict]];
    const kind = from === undefined || to === undefined ? 'same' : to > from ? 'better' : 'worse';
    return { change: kind, words: `${before.verdict} before, ${after.verdict} after; ${counts}` };
  }
  return { change: 'same', words: `${counts}: no difference that so many requests could show` };
}

function rate(scenario: ScenarioVerdict): Rate {
  const { requests, dropped } = totals(scenario);
  return { bad: dropped, of: requests };
}

/** That so many more of the first were bad by chance alone; 1 where one of them is empty. */
const chance = (suspect: Rate, other: Rate): number =>
  suspect.of === 0 || other.of === 0 ? 1 : fisher(suspect, other);

const words = ({ bad, of }: Rate): string => `${figure(bad)} of ${figure(of)}`;
