import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setUp } from '../../cli/setup-view.ts';
import { scenariosOf } from '../../history/select.ts';
import { packageRoot } from '../../package-root.ts';
import type { RunReport } from '../../report/verdict.ts';
import { collectScenarios } from '../../scenario/collection.ts';
import { readHistory } from '../../scenario/run-folder.ts';
import { rollproofIn } from '../../testing/rollproof.ts';
import { BENCH_CLUSTER, BENCH_FOLDER, commitOf, records } from '../records.ts';
import { type PeerTools, peersBeside, peerTools } from './peers.ts';
import { type Control, left } from './plan.ts';
import { soundControls } from './sound.ts';
import { type ControlRun, tallyOf, tallyText } from './tally.ts';

/** Services with a defect, and sound ones under every kind of transition. */
const SCENARIOS = ['scenarios/defects/', 'scenarios/transitions/', 'the smallest fix drops nothing'];

/**
 * `npm run bench -- detector [ROUNDS] [MINUTES] [CONTROL]`: runs each control so many times, in random order, one by one on a
 * cluster that stays, until it is done or the minutes are over, and says how it came out. Each run is written down as it ends: the
 * next call goes on, and counts the runs of the same commit together. With 0 rounds it only says what there is.
 */
export async function detectorBench([rounds = '10', minutes = '60', filter = '']: string[]): Promise<string> {
  const commit = await commitOf();
  const log = records<ControlRun>('detector');
  const controls = (await allControls()).filter(({ name }) => name.includes(filter));
  const known = () => log.of(commit).filter(({ control }) => control.includes(filter));
  const until = Date.now() + Number(minutes) * 60_000;
  const order = left(controls, known(), Number(rounds), Math.random);
  const tools = order.length === 0 ? undefined : await peerTools(await setUp({ quiet: true }));
  for (const [index, control] of order.entries()) {
    if (Date.now() > until) break;
    const one = await ranOnce(control, commit, tools!);
    log.add(one);
    const cause = one.found[0] === undefined ? '' : `, ${one.found[0].count} × ${one.found[0].cause}`;
    process.stderr.write(`${index + 1} of ${order.length}: ${control.name}: ${one.verdict}${cause}\n`);
  }
  return tallyText(tallyOf(known()));
}

async function allControls(): Promise<Control[]> {
  const collection = await collectScenarios(join(packageRoot, 'scenarios'), SCENARIOS);
  const scenarios = collection.selected
    // The cluster that stays has one node, and the nightly pairs are many hours.
    .filter(({ nodes = 1, file }) => nodes === 1 && !file.includes('nightly'))
    .map(({ name }) => ({ name, args: ['run', name] }));
  await collection.close();
  const examples = globSync('fixtures/services/*/{naive,rollproof}.yaml', { cwd: packageRoot }).map((file) => ({
    name: `${basename(dirname(file))}, ${basename(file, '.yaml') === 'naive' ? 'naive' : 'correct'}`,
    args: ['verify', '-c', file],
  }));
  return [...scenarios, ...examples, ...soundControls()];
}

async function ranOnce({ name, args }: Control, commit: string, tools: PeerTools): Promise<ControlRun> {
  const out = join(BENCH_FOLDER, 'runs');
  const flags = ['--cluster', BENCH_CLUSTER, '--out', out, '--json'];
  const beside = peersBeside(out, BENCH_CLUSTER, tools);
  const { stdout, stderr } = await rollproofIn(packageRoot, [...args, ...flags]);
  const peers = await beside.end();
  const at = new Date().toISOString();
  const report: RunReport | undefined = stdout.startsWith('{') ? JSON.parse(stdout) : undefined;
  const scenario = report?.scenarios[0];
  if (report === undefined || scenario === undefined) {
    process.stderr.write(`${stderr}\n`);
    return { control: name, commit, run: '', at, expected: 'fail', verdict: 'refused', found: [], rolls: 0 };
  }
  const expectation = scenariosOf(readHistory(join(out, report.run)))[0]?.started?.expectation;
  return {
    control: name,
    commit,
    run: report.run,
    at,
    expected: expectation?.verdict === 'fail' ? 'fail' : 'pass',
    ...(expectation?.cause === undefined ? {} : { cause: expectation.cause }),
    verdict: scenario.verdict,
    rolls: scenario.transitions.length,
    found: scenario.causes.map(({ cause, count, confidence }) => ({ cause, count, confidence })),
    peers,
  };
}
