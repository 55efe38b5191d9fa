import { noteRestore } from '../cluster/state.ts';
import type { StartingState } from '../cluster/way-back.ts';
import { butWords } from '../report/unexpected.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';
import type { BrokenScenario, ScenarioCollection } from '../scenario/collection.ts';
import type { LiveView, RunContext, ScenarioMessage } from '../scenario/context.ts';
import type { Progress } from './progress.ts';

/** What came of the scenarios so far, beside their verdicts. */
export interface Outcome {
  /** How many were begun. */
  begun: number;
  /** Those that ended in an error. */
  broken: BrokenScenario[];
  /** How many did not come out as expected, broken ones too. */
  unexpected: number;
  /** The last that could not be run. */
  refused: Extract<ScenarioMessage, { type: 'cannot-run' }> | undefined;
  /** What is to be said at the end. */
  notes: string[];
  /** How a live Deployment was that is not as it was. */
  toRestore: StartingState | undefined;
}

interface Scenarios {
  collection: ScenarioCollection;
  names: string[];
  /** Scenarios of the whole run. */
  of: number;
  context: RunContext;
  view: Progress;
  outcome: Outcome;
  signal: AbortSignal;
}

/** Runs scenarios in one cluster, shows how they are doing, and adds to the outcome. */
export async function runScenarios(scenarios: Scenarios): Promise<void> {
  const { collection, names, of, context, view, outcome, signal } = scenarios;
  const ended = new Set<string>();
  let current: string | undefined;

  function end(name: string, words: string, good: boolean): void {
    ended.add(name);
    if (!good) outcome.unexpected += 1;
    view.end(`${name}: ${words}`, good);
  }

  function listen(message: ScenarioMessage): void {
    if (message.type === 'started') {
      outcome.begun += 1;
      current = message.scenario;
      view.begin(`${message.scenario} (${outcome.begun} of ${of})`);
    } else if (message.type === 'live') view.now(liveLine(message.view));
    else if (message.type === 'finished')
      end(message.scenario, verdictWords(message.verdict), message.verdict.asExpected);
    else if (message.type === 'to-restore') {
      outcome.toRestore = message.before;
      noteRestore(context.run, message.before);
    } else if (message.type === 'note') outcome.notes.push(message.words);
    else if (message.type === 'cannot-run') {
      outcome.refused = message;
      end(message.scenario, message.message, false);
    }
  }

  const broken = await collection.run(context, names, listen, signal);
  if (signal.aborted) {
    if (current !== undefined && !ended.has(current)) end(current, 'stopped', false);
    return;
  }
  for (const one of broken.filter(({ name }) => !ended.has(name))) {
    outcome.broken.push(one);
    end(one.name, `ended without a verdict: ${one.message.split('\n')[0]}`, false);
  }
}

const verdictWords = (one: ScenarioVerdict): string =>
  `${one.verdict}${one.asExpected ? ', as expected' : butWords(one)}`;

/** "wave (2,1) · 3 of 3 ready, 1 terminating · 812 requests, 3 dropped · rolling". */
export function liveLine({ step, wave, ready, replicas, terminating, requests, drops }: LiveView): string {
  if (wave === undefined) return replicas === 0 ? step : `${step} · ${ready} of ${replicas} ready`;
  const leaving = terminating === 0 ? '' : `, ${terminating} terminating`;
  return `wave (${wave.join(',')}) · ${ready} of ${replicas} ready${leaving} · ${requests} requests, ${drops} dropped · ${step}`;
}
