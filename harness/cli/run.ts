import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { Listr, type ListrTask, PRESET_TIMER } from 'listr2';
import { readKindConfig } from '../cluster/kind-config.ts';
import { sweep } from '../cluster/sweep.ts';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { unexpected } from '../report/unexpected.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';
import { type BrokenScenario, collectScenarios, type ScenarioCollection } from '../scenario/collection.ts';
import type { LiveView, ScenarioMessage } from '../scenario/context.ts';
import { exitCodeOf, type StartedSession, startSession } from '../scenario/session.ts';
import { printOutcome } from './outcome.ts';
import { setUp } from './setup-view.ts';

interface RunOptions {
  rate?: number;
  keep?: boolean;
  out: string;
  json?: boolean;
  quiet?: boolean;
  kindConfig: string;
  shard?: string;
  proveFix?: boolean;
  repeat: number;
}

/** `rollproof run [filter…]`: the scenarios in scenarios/, on a fresh kind cluster. */
export function runCommand(): Command {
  return new Command('run')
    .description('run the scenarios in scenarios/ on a fresh kind cluster')
    .argument('[filter...]', 'scenarios whose name or file contains one of these; all without')
    .option('--rate <n>', 'requests a second in each lane', wholeNumber)
    .option('--shard <i/n>', 'only this part of the scenario files', shard)
    .option('--repeat <n>', 'run each scenario so many times', wholeNumber, 1)
    .option('--prove-fix', 'try the proposed fix of each scenario that fails, and show both side by side')
    .option('--keep', 'leave the cluster for a look')
    .option('--out <dir>', 'parent of run folders', 'reports')
    .option('--kind-config <file>', 'what the cluster is made of', join(packageRoot, 'kind-config.yaml'))
    .option('--json', 'verdict.json alone on stdout')
    .option('--quiet', 'no progress')
    .action(run);
}

/**
 * Everything that can be wrong with what the user gave is found before anything is made. Then: set-up, sweep, cluster,
 * scenarios, reports, release.
 */
async function run(filters: string[], options: RunOptions): Promise<void> {
  readKindConfig(options.kindConfig);
  const collection = await collectScenarios(packageRoot, filters, options);
  try {
    if (collection.selected.length === 0) throw new CannotRun('no scenario is selected', { remedy: 'see scenarios/' });
    process.exitCode = await execute(collection, options);
  } finally {
    await collection.close();
  }
}

async function execute(collection: ScenarioCollection, options: RunOptions): Promise<number> {
  const quiet = options.quiet === true || options.json === true;
  const toolchain = await setUp({ quiet });
  const stop = stopOnSignals();
  const started = performance.now();
  let session: StartedSession | undefined;
  let broken: BrokenScenario[] = [];
  let refused: Extract<ScenarioMessage, { type: 'cannot-run' }> | undefined;
  const tasks = new Listr<unknown, 'default' | 'silent' | 'simple'>(
    [
      {
        title: 'Sweep what killed runs left',
        task: async (_, task) => {
          const removed = await sweep(toolchain.kind);
          task.title = removed.length === 0 ? 'Nothing left of earlier runs' : `Removed ${removed.join(', ')}`;
        },
      },
      {
        title: 'Cluster',
        task: async (_, task) => {
          const out = resolve(options.out);
          const { kindConfig, rate, keep } = options;
          const settings = {
            toolchain,
            kindConfig,
            out,
            keep: keep === true,
            proveFix: options.proveFix === true,
            signal: stop.signal,
            ...(rate ? { rate } : {}),
          };
          session = await startSession(settings, (text) => (task.output = text));
          task.title = `Cluster ${session.cluster.name}`;
        },
      },
      {
        title: 'Scenarios',
        task: (_, task) => {
          const views = new Map(collection.selected.map(({ name }) => [name, scenarioTask(name)]));
          const running = collection.run(
            session!.context,
            (message) => {
              if (message.type === 'cannot-run') refused = message;
              views.get(message.scenario)?.hear(message);
            },
            stop.signal,
          );
          const done = running.then((result) => {
            broken = result;
            for (const view of views.values()) view.end(stop.signal.aborted);
          });
          return task.newListr(
            [...views.values()].map((view) => view.task(done)),
            { concurrent: true, exitOnError: false },
          );
        },
      },
    ],
    {
      renderer: quiet ? 'silent' : process.stdout.isTTY ? 'default' : 'simple',
      rendererOptions: { collapseSubtasks: false, collapseErrors: false, timer: PRESET_TIMER },
      registerSignalListeners: false,
    } as never,
  );
  try {
    await tasks.run();
    return await conclude(session!, { options, stop, broken, refused, seconds: (performance.now() - started) / 1000 });
  } catch (error) {
    if (stop.signal.aborted) return 130;
    throw error;
  } finally {
    await session?.release();
    stop.dispose();
  }
}

interface Conclusion {
  options: RunOptions;
  stop: { signal: AbortSignal };
  broken: BrokenScenario[];
  refused: Extract<ScenarioMessage, { type: 'cannot-run' }> | undefined;
  seconds: number;
}

async function conclude(
  session: StartedSession,
  { options, stop, broken, refused, seconds }: Conclusion,
): Promise<number> {
  const report = await session.finish();
  if (stop.signal.aborted) {
    process.stderr.write(`rollproof: stopped; the evidence so far is in ${session.folder}\n`);
    return 130;
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (!options.quiet) {
    printOutcome(report, session.folder);
    process.stdout.write(`Took ${seconds.toFixed(0)} s after set-up\n`);
  }
  if (refused !== undefined) throw new CannotRun(refused.message, refused.remedy ? { remedy: refused.remedy } : {});
  for (const { name, message } of broken)
    process.stderr.write(`rollproof: "${name}" ended without a verdict: ${message}\n`);
  if (options.keep)
    process.stderr.write(
      `rollproof: kept: export KUBECONFIG=${session.cluster.kubeconfig}; away with it: rollproof cluster down ${session.cluster.name}\n`,
    );
  return broken.length > 0 ? Math.max(2, exitCodeOf(report.verdict)) : exitCodeOf(report.verdict);
}

/** A line of the list for one scenario, fed by what its worker says. */
function scenarioTask(name: string) {
  let output: (text: string) => void = () => {};
  let settle: (outcome: ScenarioVerdict | Error | undefined) => void = () => {};
  const outcome = new Promise<ScenarioVerdict | Error | undefined>((resolve) => {
    settle = resolve;
  });
  let shown = '';
  return {
    hear(message: ScenarioMessage) {
      if (message.type === 'live') {
        const text = liveLine(message.view);
        if (text !== shown) output(text);
        shown = text;
      } else if (message.type === 'finished') settle(message.verdict);
      else if (message.type === 'cannot-run') settle(new Error(message.message));
      else if (message.type === 'aborted') settle(new Error('stopped'));
    },
    /** Nothing more comes; settles what has not come to its end. */
    end: (stopped: boolean) => settle(stopped ? new Error('stopped') : undefined),
    task: (done: Promise<void>): ListrTask => ({
      title: name,
      task: async (_, task) => {
        output = (text) => {
          task.output = text;
        };
        const result = await Promise.race([outcome, done.then(() => outcome)]);
        if (result === undefined) throw new Error(`${name}: ended without a verdict`);
        if (result instanceof Error) throw result;
        task.title = `${name}: ${result.verdict}${result.asExpected ? ', as expected' : `, but: ${unexpected(result)}`}`;
        if (!result.asExpected) throw new Error(task.title as string);
      },
    }),
  };
}

/** "wave (2,1) · 3 of 3 ready, 1 terminating · 812 requests, 3 dropped · rolling". */
function liveLine({ step, wave, ready, replicas, terminating, requests, drops }: LiveView): string {
  if (wave === undefined) return replicas === 0 ? step : `${step} · ${ready} of ${replicas} ready`;
  const leaving = terminating === 0 ? '' : `, ${terminating} terminating`;
  return `wave (${wave.join(',')}) · ${ready} of ${replicas} ready${leaving} · ${requests} requests, ${drops} dropped · ${step}`;
}

/** First Ctrl-C: end in order. Second: at once; the next run sweeps. */
function stopOnSignals(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('stopped'));
    process.stderr.write('\nrollproof: stopping: load first, then the cluster (again Ctrl-C: at once)\n');
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('it has to be a whole number of at least 1.');
  return value;
}

function shard(text: string): string {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (match === null || Number(match[1]) < 1 || Number(match[1]) > Number(match[2])) {
    throw new InvalidArgumentError('it has to look like 1/4.');
  }
  return text;
}
