import { globSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setUp } from '../../cli/setup-view.ts';
import { CannotRun } from '../../errors.ts';
import { scenariosOf } from '../../history/select.ts';
import { packageRoot } from '../../package-root.ts';
import type { RunReport, ScenarioVerdict } from '../../report/verdict.ts';
import { collectScenarios } from '../../scenario/collection.ts';
import { judge } from '../../scenario/judge.ts';
import { isRunFolder, readHistory } from '../../scenario/run-folder.ts';
import { rollproofIn } from '../../testing/rollproof.ts';
import { BENCH_CLUSTER, BENCH_RUNS, committed, DETECTOR_PAGE, type Measured, records } from '../records.ts';
import { type PeerTools, peersBeside, peerTools } from './peers.ts';
import { type Control, left } from './plan.ts';
import { exampleSources, soundControls } from './sound.ts';
import { type ControlRun, tallyOf, tallyText } from './tally.ts';

/** Each defect is run in every round; sound services, of which there are many that have many rolls, in so many of them. */
const OTHERS_SHARE = 0.3;

/** Services with a defect, and sound ones under every kind of transition. */
const SCENARIOS = ['scenarios/defects/', 'scenarios/transitions/', 'the smallest fix drops nothing'];

/**
 * `npm run bench -- detector [ROUNDS] [MINUTES] [CONTROL]`: runs each control (or those with that in their names; "this|that"
 * for those with either) so many times, in random order, one by one on a cluster that stays, until it is done or the minutes
 * are over, and says how it came out. Each run is written down as it ends: the next call goes on, and counts the runs of the
 * same sources together; those that an older judgement judged are judged again. With 0 rounds it only says what there is. Where
 * it is of all controls it writes the page in docs/, of all that was ever recorded of them.
 */
export async function detectorBench([rounds = '10', minutes = '60', filter = '']: string[]): Promise<string> {
  const of = await committed();
  const log = records<ControlRun>('detector');
  const asked = filter.split('|');
  const controls = (await allControls()).filter(({ name }) => asked.some((part) => name.includes(part)));
  const measured = ({ sources }: Control) => of(sources);
  const sourcesOf = new Map(controls.map((one) => [one.name, measured(one).sources]));
  const known = () => lastWords(log.all()).filter((run) => sourcesOf.get(run.control) === run.sources);
  const ever = () => lastWords(log.all()).filter((run) => sourcesOf.has(run.control));
  const until = Date.now() + Number(minutes) * 60_000;
  // Each kind of cluster is made once.
  const order = left(controls, known(), Number(rounds), Math.random).sort((a, b) => a.nodes - b.nodes);
  const tools = order.length === 0 ? undefined : await peerTools(await setUp({ quiet: true }));
  for (const [index, control] of order.entries()) {
    if (Date.now() > until) break;
    if (order[index - 1] !== undefined && order[index - 1]!.nodes !== control.nodes)
      await rollproofIn(packageRoot, ['cluster', 'down', clusterOf(order[index - 1]!)]);
    const one = { ...measured(control), ...(await ranOnce(control, tools!)) };
    log.add(one);
    const cause = one.found[0] === undefined ? '' : `, ${one.found[0].count} × ${one.found[0].cause}`;
    process.stderr.write(`${index + 1} of ${order.length}: ${control.name}: ${one.verdict}${cause}\n`);
  }
  const { judgement } = of(() => false);
  const isOld = (run: ControlRun) => run.judgement !== judgement;
  for (const run of ever().filter(isOld))
    if (isRunFolder(join(BENCH_RUNS, run.run))) log.add({ ...run, ...judgedAgain(run), judgement });
  const told = (runs: ControlRun[]) => {
    const stale = runs.filter(isOld).length;
    const old = stale === 0 ? '' : `${stale} runs are as an older judgement had them: their evidence is gone.\n\n`;
    return `${old}${tallyText(tallyOf(runs))}`;
  };
  if (filter === '') writeFileSync(join(packageRoot, DETECTOR_PAGE), pageOf(ever(), told(ever())));
  return told(known());
}

/** A run that was judged again has a record for each time. */
const lastWords = (runs: ControlRun[]): ControlRun[] => [
  ...new Map(runs.map((run) => [run.run || run.at, run])).values(),
];

function pageOf(runs: ControlRun[], text: string): string {
  const days = runs.map(({ at }) => at.slice(0, 10)).sort();
  const commits = [...Map.groupBy(runs, ({ commit }) => commit)].map(([commit, of]) => `${commit} (${of.length})`);
  return `# What the detector's bench found

[What is run, and beside which tools](detector.md). Written by \`npm run bench -- detector\` from harness/bench/detector.jsonl: ${runs.length} runs from
${days[0]} to ${days.at(-1)}, recorded at ${commits.join(', ')}. Intervals are exact ones (Clopper and Pearson), 95% each.

${text}
`;
}

function judgedAgain({ run }: ControlRun): Pick<ControlRun, 'verdict' | 'found'> {
  const { verdict, causes } = judge(readHistory(join(BENCH_RUNS, run))).scenarios[0]!;
  return { verdict, found: foundIn(causes) };
}

const foundIn = (causes: ScenarioVerdict['causes']) =>
  causes.map(({ cause, count, confidence }) => ({ cause, count, confidence }));

/** One that takes pods on three nodes costs a small machine more than one. */
const clusterOf = ({ nodes }: Pick<Control, 'nodes'>) => (nodes === 1 ? BENCH_CLUSTER : `${BENCH_CLUSTER}-${nodes}`);

async function allControls(): Promise<Control[]> {
  const collection = await collectScenarios(join(packageRoot, 'scenarios'), SCENARIOS);
  const scenarios = collection.selected
    // The nightly pairs are many hours.
    .filter(({ file }) => !file.includes('nightly'))
    .map(({ name, file, nodes = 1 }) => ({
      name,
      args: ['run', name],
      sources: scenarioSources(file),
      nodes,
      share: file.includes('defects/') ? 1 : OTHERS_SHARE,
    }));
  await collection.close();
  const part = scenarios.find(({ name }) => scenarios.some((one) => one.name !== name && one.name.includes(name)));
  if (part !== undefined) throw new Error(`"${part.name}" selects other scenarios too: rename it`);
  const examples = globSync('fixtures/services/*/{naive,rollproof}.yaml', { cwd: packageRoot }).map((file) => ({
    name: `${basename(dirname(file))}, ${basename(file, '.yaml') === 'naive' ? 'naive' : 'correct'}`,
    args: ['verify', '-c', file],
    sources: exampleSources(basename(dirname(file))),
    nodes: 1,
    share: OTHERS_SHARE,
  }));
  return [...scenarios, ...examples, ...soundControls()];
}

const SAMPLES = /^fixtures\/(manifests|services\/(common|article|correct|defects))\//;
const scenarioSources = (file: string) => (path: string) => path === file || SAMPLES.test(path);

async function ranOnce(control: Control, tools: PeerTools): Promise<Omit<ControlRun, keyof Measured>> {
  const { name, args } = control;
  const cluster = clusterOf(control);
  const beside = peersBeside(BENCH_RUNS, cluster, tools);
  const { stdout, stderr, exitCode } = await rollproofIn(packageRoot, [
    ...args,
    '--cluster',
    cluster,
    '--out',
    BENCH_RUNS,
    '--json',
  ]);
  const peers = await beside.end();
  const at = new Date().toISOString();
  const report: RunReport | undefined = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  const scenario = report?.scenarios[0];
  // Refused is what it refuses; what can't be started at all is no run.
  if (report === undefined && exitCode !== 3)
    throw new CannotRun(`a run came to nothing: ${stderr || `exit code ${exitCode}`}`);
  if (report === undefined || scenario === undefined) {
    process.stderr.write(`${stderr}\n`);
    return { control: name, run: '', at, expected: 'fail', verdict: 'refused', found: [], rolls: 0 };
  }
  const expectation = scenariosOf(readHistory(join(BENCH_RUNS, report.run)))[0]?.started?.expectation;
  return {
    control: name,
    run: report.run,
    at,
    expected: expectation?.verdict === 'fail' ? 'fail' : 'pass',
    ...(expectation?.cause === undefined ? {} : { cause: expectation.cause }),
    verdict: scenario.verdict,
    rolls: scenario.transitions.length,
    found: foundIn(scenario.causes),
    peers,
  };
}
