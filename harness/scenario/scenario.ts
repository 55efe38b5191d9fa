import { inject, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { unexpected } from '../report/unexpected.ts';
import { channelOf, type RunContext, type RunMessage, type ScenarioMessage } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';
import { proofSteps } from './prove-fix.ts';
import { runScenario } from './run-scenario.ts';

/** Longest that one scenario may take, minutes: far above any that works, so that a hang ends in words. */
const LIMIT_MINUTES = 15;

/**
 * Declares a scenario: a Vitest test that passes when the measured verdict is the expected one. An expected failure
 * that does not fail is a broken detector, and fails the test.
 */
export function scenario(name: string, definition: ScenarioDefinition): void {
  for (const each of repeated(name, inject('repeat') ?? 1)) {
    const meta = definition.on === undefined ? {} : { rollproof: definition.on };
    test(each, { timeout: LIMIT_MINUTES * 60_000, meta }, async ({ task, skip }) => {
      const context = inject('rollproof');
      if (context === null || context === undefined) {
        throw new CannotRun('scenarios need a cluster and a run folder', { remedy: 'start them with `rollproof run`' });
      }
      if (context.bail !== undefined && unexpectedOf(context) >= context.bail) skip();
      await inContext(context, each, task.file.filepath, definition);
    });
  }
}

/** How many scenarios of a context came out other than expected, or ended in an error. */
const failures = new Map<string, number>();
const keyOf = ({ run, cluster }: RunContext) => `${run} ${JSON.stringify(cluster)}`;
const unexpectedOf = (context: RunContext) => failures.get(keyOf(context)) ?? 0;

/** Each time is a scenario of its own, with its own verdict. */
function repeated(name: string, times: number): string[] {
  return times === 1 ? [name] : Array.from({ length: times }, (_, i) => `${name}, ${i + 1} of ${times}`);
}

async function inContext(
  context: RunContext,
  name: string,
  file: string,
  definition: ScenarioDefinition,
): Promise<void> {
  const channel = new BroadcastChannel(channelOf(context.run));
  const abort = new AbortController();
  channel.onmessage = (event) => {
    if ((event as { data: RunMessage }).data.type === 'abort') abort.abort(new Error('the run was stopped'));
  };
  const tell = (message: ScenarioMessage) => channel.postMessage(message);
  try {
    tell({ type: 'started', scenario: name });
    const verdict = await runScenario({ name, file, definition, context, signal: abort.signal, tell });
    if (context.proveFix && verdict.verdict === 'fail') {
      for (const step of proofSteps(name, definition, verdict)) {
        // Its progress is shown in the line of the scenario that it is to mend.
        const under = (message: ScenarioMessage) => tell({ ...message, scenario: name });
        await runScenario({ ...step, file, context, signal: abort.signal, tell: under });
      }
    }
    tell({ type: 'finished', scenario: name, verdict });
    if (!verdict.asExpected) {
      throw new Error(`${name}: ${unexpected(verdict)}`);
    }
  } catch (error) {
    failures.set(keyOf(context), unexpectedOf(context) + 1);
    if (abort.signal.aborted) tell({ type: 'aborted', scenario: name });
    else if (error instanceof CannotRun) {
      tell({
        type: 'cannot-run',
        scenario: name,
        message: error.message,
        ...(error.remedy ? { remedy: error.remedy } : {}),
      });
    }
    throw error;
  } finally {
    channel.close();
  }
}
