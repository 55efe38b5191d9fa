import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished, TestRunner } from 'vitest';
import { CannotRun } from '../errors.ts';
import { encodeLine } from '../history/codec.ts';
import { clockSince } from '../recorders/clock.ts';
import type { RunContext } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';
import { load } from './load.ts';
import { forTest, type Outcome } from './outcome.ts';
import { historyFile } from './run-scenario.ts';
import { runContext, stage } from './stage.ts';

/** Like a scenario, but what is right is for the test to say. */
export type RolloutDefinition = Omit<ScenarioDefinition, 'expect' | 'on'> & Partial<Pick<ScenarioDefinition, 'expect'>>;

/**
 * Drives a transition inside a Vitest test, in a file `*.scenario.ts` that `rollproof run` runs, with the whole life of a
 * scenario: a namespace, load, the transition, the evidence, the verdict. Whatever comes out is given back, for the
 * test's matchers; where the test then fails, its scenario is not as expected in the run's reports either.
 *
 * @throws CannotRun outside of a test or of a run, and where the service is not sound before the transition.
 */
export async function rollout(definition: RolloutDefinition): Promise<Outcome> {
  const test = TestRunner.getCurrentTest();
  const context = runContext();
  if (test === undefined || context === undefined) {
    throw new CannotRun('rollout() was called outside of a test of a run', {
      remedy: 'call it in a test in a file *.scenario.ts, and start that with `rollproof run`',
    });
  }
  if (definition.under !== undefined) load(definition.under);
  const nth = (rollouts.get(test) ?? 0) + 1;
  rollouts.set(test, nth);
  const name = nth === 1 ? test.name : `${test.name}, rollout ${nth}`;
  const staged = await stage(name, { expect: { verdict: 'any' }, ...definition });
  onTestFinished(({ task }) => {
    const [error] = task.result?.errors ?? [];
    // Of several rollouts in a test it was the last, as far as anybody knows.
    const failedTest = nth === rollouts.get(test) && error ? stripVTControlCharacters(error.message) : undefined;
    if (failedTest === undefined) return staged.conclude(staged.verdict);
    note(context, name, failedTest);
    staged.conclude({ ...staged.verdict, asExpected: false, failedTest });
  });
  return forTest(staged);
}

/** How many rollouts a test has begun. */
const rollouts = new WeakMap<object, number>();

/** The history says it, so that whoever judges it again comes to the same. */
function note(context: RunContext, scenario: string, message: string): void {
  const id = `${createHash('sha256').update(scenario).digest('hex').slice(0, 4)}-test`;
  const t = clockSince(context.epoch).now();
  appendFileSync(historyFile(context.folder), encodeLine({ type: 'test', id, t, scenario, message }));
}
