import { join } from 'node:path';
import { scenariosOf } from '../../history/select.ts';
import { packageRoot } from '../../package-root.ts';
import type { RunReport } from '../../report/verdict.ts';
import { readHistory } from '../../scenario/run-folder.ts';
import { rollproofIn } from '../../testing/rollproof.ts';
import { BENCH_CLUSTER, BENCH_RUNS, committed, type Measured, records } from '../records.ts';
import { agreement, agreementText } from './agreement.ts';
import { holeTrials, rareTrials, type Trial } from './trials.ts';

interface HolesRun extends Measured {
  run: string;
  trials: Trial[];
}

/** Requests in a block of which one in 1,000 fails: half of them are missed, a fifth. */
const BLOCKS = [700, 1_500];

/**
 * `npm run bench -- holes [ROUNDS] [MINUTES]`: what the report says could have been missed, against what was: holes of
 * known lengths at several rates, and one request in 1,000 that fails. It goes on where it was stopped, and counts the runs
 * of the same sources together.
 */
export async function holesBench([rounds = '4', minutes = '60']: string[]): Promise<string> {
  const of = (await committed())((path) =>
    /^harness\/bench\/holes\/|^fixtures\/(manifests|services\/(common|defects))\//.test(path),
  );
  const log = records<HolesRun>('holes');
  const until = Date.now() + Number(minutes) * 60_000;
  for (let round = log.of([of.sources]).length; round < Number(rounds) && Date.now() < until; round++) {
    const flags = ['--scenarios', 'harness/bench/holes', '--cluster', BENCH_CLUSTER, '--out', BENCH_RUNS, '--json'];
    const { stdout, stderr } = await rollproofIn(packageRoot, ['run', ...flags]);
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const { run, scenarios }: RunReport = JSON.parse(stdout);
    for (const { name, verdict } of scenarios) process.stderr.write(`round ${round + 1}: ${name}: ${verdict}\n`);
    log.add({ ...of, run, trials: trialsOf(join(BENCH_RUNS, run)) });
  }
  return agreementText(agreement(log.of([of.sources]).flatMap(({ trials }) => trials)));
}

const trialsOf = (run: string): Trial[] =>
  scenariosOf(readHistory(run)).flatMap((history) =>
    history.name.startsWith('holes') ? holeTrials(history) : BLOCKS.flatMap((block) => rareTrials(history, block)),
  );
