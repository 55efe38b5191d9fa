import { CannotRun } from '../errors.ts';
import { inObjects, type ScenarioHistory, scenariosOf } from '../history/select.ts';
import type { History } from '../history/types.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';
import { judge } from './judge.ts';
import { readHistory } from './run-folder.ts';

/** What a rollout came to, and the evidence that this was judged from. */
export interface Outcome {
  readonly name: string;
  readonly verdict: ScenarioVerdict;
  readonly history: ScenarioHistory;
}

/** What a test was given, by what that was judged from: with requests in columns, which objects would take five times of. */
const judgedFrom = new WeakMap<object, Outcome>();

/** An outcome for a test to look at: its history is made of objects when somebody asks for it. */
export function forTest<T extends Outcome>(staged: T): T {
  let history: ScenarioHistory | undefined;
  const given = {
    ...staged,
    get history() {
      history ??= inObjects(staged.history);
      return history;
    },
  };
  judgedFrom.set(given, staged);
  return given;
}

/** The one that it was made of, where it is `forTest`. */
export const asJudged = (given: object): object => judgedFrom.get(given) ?? given;

/** The outcomes of all scenarios of a history. */
export function outcomesOf(history: History): Outcome[] {
  const { scenarios } = judge(history);
  const histories = scenariosOf(history);
  return scenarios.map((verdict, index) => ({ name: verdict.name, verdict, history: histories[index]! }));
}

/**
 * The outcome of a scenario of a saved run, judged again.
 *
 * @param run a run folder, such as reports/latest, or a history file
 * @param scenario its name, or a part of it; need not be given where the run has only one
 * @throws CannotRun where there is no such run, or not exactly one such scenario in it.
 */
export function judged(run: string, scenario = ''): Outcome {
  const history = readHistory(run);
  const all = scenariosOf(history);
  const exact = all.filter(({ name }) => name === scenario);
  const near = all.filter(({ name }) => name.toLowerCase().includes(scenario.toLowerCase()));
  const [found, ...others] = exact.length > 0 ? exact : near;
  if (found === undefined || others.length > 0) {
    const asked = scenario === '' ? 'no scenario is named' : `${near.length} scenarios match "${scenario}"`;
    throw new CannotRun(`${run}: ${asked}, and the run has ${all.length}`, {
      remedy: `name one of:\n${all.map(({ name }) => `  ${name}`).join('\n')}`,
    });
  }
  // What tries the fix of another is judged beside that.
  const needed = new Set([found.name, found.started?.proof?.of]);
  const observations = history.observations.filter((one) => needed.has(one.scenario));
  return outcomesOf({ ...history, observations }).find(({ name }) => name === found.name)!;
}
