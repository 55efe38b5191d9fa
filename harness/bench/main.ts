import { CannotRun } from '../errors.ts';
import { attributionOfRuns } from './attribution.ts';
import { detectorBench } from './detector/detector.ts';
import { holesBench } from './holes/holes.ts';
import { judgingBench, reportBench } from './judging.ts';
import { pageBench } from './page.ts';
import { recordingBench } from './recording.ts';
import { clusterBench, scenarioBench, suiteBench } from './scenario.ts';
import { setUpBench } from './set-up.ts';

/** `npm run bench -- NAME …`: measurements, which are no tests. */
const BENCHES: Record<string, (args: string[]) => string | Promise<string>> = {
  attribution: attributionOfRuns,
  cluster: clusterBench,
  detector: detectorBench,
  holes: holesBench,
  judging: judgingBench,
  page: pageBench,
  recording: recordingBench,
  report: reportBench,
  scenario: scenarioBench,
  'set-up': setUpBench,
  suite: suiteBench,
};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (bench === undefined) {
  process.stderr.write(`rollproof: no bench "${name}"; there are: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 3;
} else {
  try {
    process.stdout.write(`${await bench(args)}\n`);
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    process.stderr.write(`rollproof: ${error.words}\n`);
    process.exitCode = 3;
  }
}
