import { trimHistory } from '../../history/testing/trim.ts';
import type { History } from '../../history/types.ts';
import type { ScenarioVerdict } from '../../report/verdict.ts';
import { judge } from '../judge.ts';

/**
 * Trims as much as leaves the verdict as it was: the baseline's requests too, where nothing that is told counts them.
 *
 * @throws Error where even the slimmer objects are judged otherwise: something that is read is not kept
 */
export function trimAsJudged(history: History, scenario: string): History {
  const observations = history.observations.filter((one) => one.scenario === scenario);
  const whole = withoutSent({ ...history, observations });
  for (const thinned of [true, false]) {
    const trimmed = trimHistory(history, scenario, thinned);
    if (withoutSent(trimmed) === whole) return trimmed;
  }
  throw new Error(`trimmed, "${scenario}" is judged otherwise: what is newly read of objects is to be kept in trim.ts`);
}

/** All that a scenario comes to, but for the number of requests sent in each lane: it counts the baseline too. */
export function withoutSent(history: History): string {
  const scenarios = judge(history).scenarios.map(
    (scenario): ScenarioVerdict => ({
      ...scenario,
      lanes: scenario.lanes.map((lane) => ({ ...lane, sent: 0 })),
    }),
  );
  return JSON.stringify(scenarios);
}
