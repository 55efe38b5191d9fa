import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { nodesOf, readKindConfig } from '../cluster/kind-config.ts';
import { sweep } from '../cluster/sweep.ts';
import { sweepContexts } from '../cluster/sweep-context.ts';
import { commandBack } from '../cluster/way-back.ts';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { printableLines } from '../report/printable.ts';
import type { RunReport } from '../report/verdict.ts';
import { type ClusterSource, kindSource } from '../scenario/cluster-source.ts';
import {
  collectScenarios,
  type DeclaredScenario,
  type ScenarioCollection,
  scenariosFolder,
} from '../scenario/collection.ts';
import { type Group, groupsOf } from '../scenario/groups.ts';
import { type StartedSession, startSession } from '../scenario/session.ts';
import { publishSummary } from './ci.ts';
import { exitOf } from './exit-code.ts';
import { accountIn, FUZZ_FOLDER, type FuzzOptions, fuzzOf, withFuzz } from './fuzz.ts';
import { wholeNumber } from './numbers.ts';
import { printOutcome } from './outcome.ts';
import { type Progress, progress } from './progress.ts';
import { reportWhileReleasing } from './releasing.ts';
import { type Outcome, runScenarios } from './run-scenarios.ts';
import { setUp } from './setup-view.ts';
import { stopOnSignals } from './stop.ts';
import { callContext, checkRights, onContext, refuseKindFlags } from './verify-context.ts';

export interface RunOptions extends FuzzOptions {
  context?: string;
  rate?: number;
  keep?: boolean;
  out: string;
  json?: boolean;
  quiet?: boolean;
  kindConfig?: string;
  cluster?: string;
  scenarios?: string;
  list?: boolean;
  shard?: string;
  bail?: number;
  proveFix?: boolean;
  exportLogs?: boolean;
  selfTest?: boolean;
  repeat: number;
}

/** `rollproof run [filter…]`: the scenarios in scenarios/, on kind. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('run scenarios on a fresh kind cluster, or on one that stays')
    .argument('[filter...]', 'scenarios whose name or file contains one of these; all without')
    .option('--scenarios <dir>', 'where the scenarios are (default: ./scenarios)')
    .option('--context <name>', 'on the cluster of this context of the kubeconfig; its images it pulls by itself')
    .option('--list', 'say which scenarios are selected, and run none')
    .option('--shard <i/n>', 'only this part of the scenarios that are selected', shard)
    .option('--bail <n>', 'run no more once so many did not come out as expected', wholeNumber)
    .action(run);
  return withFuzz(withRunOptions(command));
}

/** Options of every command that runs scenarios. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--cluster <name>', 'on this kind cluster, which stays; made where it is not there')
    .option('--rate <n>', 'requests a second in each lane', wholeNumber)
    .option('--repeat <n>', 'run each scenario so many times', wholeNumber, 1)
    .option('--self-test', 'with a service that is known to be bad: where it is not caught, the run is inconclusive')
    .option('--prove-fix', 'try the proposed fix of each scenario that fails, and show both side by side')
    .option('--export-logs', 'keep the logs of all nodes and pods (kind export logs) in the run folder')
    .option('--keep', 'leave the cluster, or what is in it, for a look')
    .option('--out <dir>', 'parent of run folders', 'reports')
    .option('--kind-config <file>', "what the cluster is made of (default: rollproof's own)")
    .option('--json', 'verdict.json alone on stdout')
    .option('--quiet', 'nothing but errors: the exit code and the run folder say what came out');
}

/**
 * Everything that can be wrong with what the user gave is found before anything is made. Then: set-up, sweep, and for
 * each number of nodes that scenarios ask for a cluster and its scenarios; reports, release.
 */
async function run(filters: string[], options: RunOptions): Promise<void> {
  const fuzz = fuzzOf(options);
  if (options.context !== undefined) refuseKindFlags(options);
  const folder = fuzz === undefined ? scenariosFolder(options.scenarios) : FUZZ_FOLDER;
  const collection = await collectScenarios(folder, filters, { ...options, fuzz: fuzz ?? null });
  const { context } = options;
  if (options.list !== true)
    return runCollected(collection, options, context === undefined ? onKind : () => inContext(context));
  for (const { name, file } of collection.selected) process.stdout.write(`${file}: ${name}\n`);
  await collection.close();
}

/** Each scenario in a namespace of its own, on a cluster that is somebody's. */
async function inContext(context: string): Promise<Surroundings> {
  const called = await callContext(context);
  await checkRights(called, 'made');
  return onContext(called);
}

const OWN_KIND_CONFIG = join(packageRoot, 'kind-config.yaml');

/** What a run needs of the machine, got ready, and where its clusters come from. */
export interface Surroundings {
  source: ClusterSource;
  /** Takes away what killed runs left. @returns one line for each thing */
  sweep(): Promise<string[]>;
}

/** kind on this machine's Docker. */
export async function onKind(
  { kindConfig = OWN_KIND_CONFIG, cluster }: RunOptions,
  quiet: boolean,
): Promise<Surroundings> {
  const toolchain = await setUp({ quiet });
  const source = kindSource({ toolchain, kindConfig, ...(cluster === undefined ? {} : { cluster }) });
  const { kubectl } = toolchain;
  return { source, sweep: async () => [...(await sweep(toolchain)), ...(await sweepContexts(kubectl))] };
}

export async function runCollected(
  collection: ScenarioCollection,
  options: RunOptions,
  surroundings: (options: RunOptions, quiet: boolean) => Promise<Surroundings> = onKind,
): Promise<void> {
  try {
    const usual = nodesOf(readKindConfig(options.kindConfig ?? OWN_KIND_CONFIG)).length;
    const out = statSync(options.out, { throwIfNoEntry: false });
    if (out?.isDirectory() === false) throw new CannotRun(`--out: ${resolve(options.out)} is no folder`);
    if (collection.selected.length === 0) throw new CannotRun('no scenario is selected', { remedy: 'see scenarios/' });
    const groups = groupsOf(collection.selected, usual);
    if (options.keep && options.cluster === undefined && groups.length > 1) {
      throw new CannotRun(`--keep keeps one cluster, and scenarios are selected for ${nodesIn(groups)} nodes`, {
        remedy: 'select those for one number of nodes, or name a cluster with --cluster',
      });
    }
    const clusters = options.cluster === undefined && options.context === undefined ? groups : together(groups);
    process.exitCode = await execute(collection, clusters, options, surroundings);
  } finally {
    await collection.close();
  }
}

const nodesIn = (groups: Group<DeclaredScenario>[]) => groups.map(({ nodes }) => nodes).join(' and ');

/** A cluster that stays serves all, where it has nodes enough. */
function together(groups: Group<DeclaredScenario>[]): Group<DeclaredScenario>[] {
  return [{ nodes: Math.max(...groups.map(({ nodes }) => nodes)), scenarios: groups.flatMap((one) => one.scenarios) }];
}

async function execute(
  collection: ScenarioCollection,
  groups: Group<DeclaredScenario>[],
  options: RunOptions,
  surroundings: (options: RunOptions, quiet: boolean) => Promise<Surroundings>,
): Promise<number> {
  const quiet = options.quiet === true || options.json === true;
  const { source, sweep } = await surroundings(options, quiet);
  const view = viewFor(quiet);
  const stop = stopOnSignals('load first, then what it made', view.hide);
  const started = performance.now();
  const outcome: Outcome = { begun: 0, broken: [], unexpected: 0, refused: undefined, notes: [], toRestore: undefined };
  let session: StartedSession | undefined;
  try {
    view.begin('Looking for what killed runs left');
    const removed = await sweep();
    view.end(removed.length === 0 ? 'Nothing left of earlier runs' : `Removed ${removed.join(', ')}`);
    if (stop.signal.aborted) return 130;
    session = await startSession(sessionOptions(collection, options, { source, view, signal: stop.signal }));
    const failure = await runGroups({ collection, groups, session, view, options, outcome, signal: stop.signal });
    view.begin('Releasing');
    const { report, unreleased } = await reportWhileReleasing(session, failure === undefined);
    view.end();
    const code = await conclude(session, report, { options, source, outcome, stopped: stop.signal.aborted, started });
    const problem = failure ?? unreleased;
    if (problem !== undefined && code !== 130) throw problem;
    return code;
  } finally {
    view.end();
    await session?.release();
    stop.dispose();
  }
}

function viewFor(quiet: boolean): Progress {
  const { stdout } = process;
  return progress({
    write: (text) => void (quiet || stdout.write(text)),
    ...(stdout.isTTY ? { columns: () => stdout.columns } : {}),
  });
}

function sessionOptions(
  { root, selected }: ScenarioCollection,
  { rate, keep, proveFix, exportLogs, out }: RunOptions,
  { source, view, signal }: { source: ClusterSource; view: Progress; signal: AbortSignal },
) {
  return {
    source,
    out: resolve(out),
    root,
    selected: selected.map(({ name }) => name),
    ...(rate === undefined ? {} : { rate }),
    keep: keep === true,
    proveFix: proveFix === true,
    exportLogs: exportLogs === true,
    warn(words: string) {
      view.hide();
      say(words);
    },
    signal,
  };
}

interface Groups {
  collection: ScenarioCollection;
  groups: Group<DeclaredScenario>[];
  session: StartedSession;
  view: Progress;
  options: RunOptions;
  outcome: Outcome;
  signal: AbortSignal;
}

/** @returns what kept a cluster from coming up: what was finished before is reported all the same. */
async function runGroups({ collection, groups, session, view, options, outcome, signal }: Groups): Promise<unknown> {
  const { bail } = options;
  for (const [index, { nodes, scenarios }] of groups.entries()) {
    if (signal.aborted || (bail !== undefined && outcome.unexpected >= bail)) break;
    try {
      if (index > 0) {
        view.begin('Releasing');
        await session.takeDown();
        view.end();
      }
      view.begin('Cluster');
      const { context, words } = await session.bringUp(nodes, view.now);
      view.end(words);
      const left = bail === undefined ? {} : { bail: bail - outcome.unexpected };
      const names = scenarios.map(({ name }) => name);
      const of = collection.selected.length;
      await runScenarios({ collection, names, of, context: { ...context, ...left }, view, outcome, signal });
    } catch (error) {
      view.end();
      return error;
    }
  }
  return undefined;
}

interface Conclusion {
  options: RunOptions;
  source: ClusterSource;
  outcome: Outcome;
  stopped: boolean;
  /** `performance.now()` after set-up. */
  started: number;
}

const say = (text: string): void => void process.stderr.write(`rollproof: ${printableLines(text)}\n`);

async function conclude(
  session: StartedSession,
  report: RunReport | undefined,
  { options, source, outcome: { broken, refused, notes, toRestore }, stopped, started }: Conclusion,
): Promise<number> {
  if (report !== undefined) {
    publishSummary(report);
    if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else if (!options.quiet) {
      printOutcome(report, session.folder);
      process.stdout.write(accountIn(session.folder));
      process.stdout.write(`Took ${((performance.now() - started) / 1000).toFixed(0)} s after set-up\n`);
    }
  }
  if (options.keep) say(keptWords(session, source));
  const cluster = session.cluster();
  const command = cluster && toRestore && (await commandBack(cluster.api, toRestore));
  if (command !== undefined) say(`it is not as it was; this brings it back: ${command}`);
  if (stopped) {
    say(
      report === undefined
        ? 'stopped before anything was measured'
        : `stopped; the evidence so far is in ${session.folder}`,
    );
    return 130;
  }
  for (const note of notes) say(note);
  for (const { name, message } of broken) say(`"${name}" ended without a verdict: ${message}`);
  const exit = exitOf(report, { refused, broken });
  if (exit.say !== undefined) say(exit.say);
  return exit.code;
}

function keptWords(session: StartedSession, source: ClusterSource): string {
  const cluster = session.cluster();
  if (cluster === undefined) return 'nothing is kept';
  return `kept: export KUBECONFIG=${cluster.kubeconfig}; away with it: ${source.undoing(session.run, cluster)}`;
}

function shard(text: string): string {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (match === null || Number(match[1]) < 1 || Number(match[1]) > Number(match[2])) {
    throw new InvalidArgumentError('it has to look like 1/4.');
  }
  return text;
}
