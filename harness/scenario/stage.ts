import { inject, TestRunner } from 'vitest';
import { CannotRun } from '../errors.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';
import { preparing } from './ahead.ts';
import { channelOf, type RunContext, type RunMessage, type ScenarioMessage } from './context.ts';
import type { ScenarioDefinition } from './definition.ts';
import { mayPrepare, nextAfter } from './next.ts';
import type { Outcome } from './outcome.ts';
import { proofSteps } from './prove-fix.ts';
import { runScenario } from './run-scenario.ts';

/** A scenario that was driven in a test: its outcome, of which the run is told once it is known what it is to the test. */
export interface Staged extends Outcome {
  /** Tells the run, with the verdict as it is then. Has to be called. */
  conclude(verdict: ScenarioVerdict): void;
}

/** Runs another scenario in the same place. How it is doing is shown in the line of the first, after these words. */
export type Another = (name: string, definition: ScenarioDefinition, words: string) => Promise<ScenarioVerdict>;

/**
 * Drives a scenario in the Vitest test that is under way, in the run that this test is a part of.
 *
 * @param more is done once its outcome is known, before the run is told of it
 * @throws CannotRun outside of a test or of a run, and where the service is not sound before the transition.
 */
export function stage(
  name: string,
  definition: ScenarioDefinition,
  more?: (outcome: Outcome, another: Another) => Promise<void>,
): Promise<Staged> {
  const test = TestRunner.getCurrentTest();
  // Of one that took too long, Vitest does not wait for the end.
  const staged = last.then(() => driven(test, name, definition, more));
  last = staged.catch(() => {});
  return staged;
}

let last: Promise<unknown> = Promise.resolve();

async function driven(
  test: ReturnType<typeof TestRunner.getCurrentTest>,
  name: string,
  definition: ScenarioDefinition,
  more?: (outcome: Outcome, another: Another) => Promise<void>,
): Promise<Staged> {
  const context = runContext();
  if (test === undefined || context === undefined) {
    throw new CannotRun('scenarios need a cluster and a run folder', { remedy: 'start them with `rollproof run`' });
  }
  if (stopped.has(context) || (context.bail !== undefined && unexpectedOf(context) >= context.bail)) {
    await ahead.drop();
    test.context.skip();
  }
  const file = test.file.filepath;
  const channel = new BroadcastChannel(channelOf(context.run));
  const abort = new AbortController();
  channel.onmessage = (event) => {
    if ((event as { data: RunMessage }).data.type !== 'abort') return;
    stopped.add(context);
    abort.abort(new Error('the run was stopped'));
  };
  // Vitest gives it up, because it takes too long: then it may not go on beside the next one.
  test.context.signal.addEventListener('abort', () => abort.abort(test.context.signal.reason), { once: true });
  const tell = (message: ScenarioMessage) => channel.postMessage(message);
  const next = nextAfter(test);
  const onQuiet = () => next && mayPrepare(context, next) && ahead.prepare({ ...next, context });
  try {
    tell({ type: 'started', scenario: name });
    const provisioned = await ahead.take(name, abort.signal);
    const made = provisioned === undefined ? {} : { provisioned };
    const outcome = await runScenario({
      name,
      file,
      definition,
      context,
      signal: abort.signal,
      tell,
      onQuiet,
      ...made,
    });
    const under = (message: ScenarioMessage) => tell({ ...message, scenario: name });
    if (context.proveFix && !definition.selfTest && outcome.verdict.verdict === 'fail') {
      for (const step of proofSteps(name, definition, outcome.verdict)) {
        // Its progress is shown in the line of the scenario that it is to mend.
        await runScenario({ ...step, file, context, signal: abort.signal, tell: under }).catch((thrown) => {
          const error = firstOf(thrown);
          // A fix that does not come up mends nothing; what was measured without it stands.
          if (abort.signal.aborted || !(error instanceof CannotRun)) throw thrown;
          tell({ type: 'note', scenario: name, words: `a fix could not be tried: ${error.words}` });
        });
      }
    }
    await more?.(outcome, async (other, otherDefinition, words) => {
      const run = { name: other, definition: otherDefinition, file, context, signal: abort.signal };
      const { verdict } = await runScenario({ ...run, tell: (message) => under(worded(message, words)) });
      return verdict;
    });
    return {
      ...outcome,
      conclude(verdict) {
        if (!verdict.asExpected) count(context);
        tell({ type: 'finished', scenario: name, verdict });
        channel.close();
      },
    };
  } catch (thrown) {
    count(context);
    const error = firstOf(thrown);
    if (stopped.has(context)) tell({ type: 'aborted', scenario: name });
    else if (error instanceof CannotRun) {
      const { message, remedy } = error;
      tell({ type: 'cannot-run', scenario: name, message, ...(remedy ? { remedy } : {}) });
    }
    channel.close();
    throw error;
  } finally {
    if (abort.signal.aborted) await ahead.drop();
  }
}

/** Why it was given up: where a cluster is gone, what has to be taken away fails too, and says nothing new. */
function firstOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstOf(error.suppressed) : error;
}

/** Runs that were told to stop: what Vitest begins until it knows is left out. */
const stopped = new WeakSet<RunContext>();

/** Scenarios of a run come one after the other, all in this thread. */
const ahead = preparing();

function worded(message: ScenarioMessage, words: string): ScenarioMessage {
  if (message.type !== 'live') return message;
  return { ...message, view: { ...message.view, step: `${words} · ${message.view.step}` } };
}

/** Of the run that this worker is a part of; undefined where there is none. */
export const runContext = (): RunContext | undefined => inject('rollproof') ?? undefined;

/** How many scenarios of a context came out other than expected, or ended in an error. */
const failures = new Map<string, number>();
const keyOf = ({ run, cluster }: RunContext) => `${run} ${JSON.stringify(cluster)}`;
const unexpectedOf = (context: RunContext) => failures.get(keyOf(context)) ?? 0;
const count = (context: RunContext) => failures.set(keyOf(context), unexpectedOf(context) + 1);
