import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { execa } from 'execa';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';
import { appendJsonLine, jsonLines } from '../testing/json-lines.ts';

/** What benches measured, a file each. In git: machines come and go, and the next one goes on with it. */
const BENCH_RECORDS = 'harness/bench';

/** What is written of the detector's. */
export const DETECTOR_PAGE = 'docs/detector-runs.md';

/** Parent of their run folders, which are too large for git. */
export const BENCH_RUNS = join(packageRoot, 'reports/bench/runs');

/** A kept cluster of the benches' own. Two benches on one machine, each in a checkout of its own, have two. */
export const BENCH_CLUSTER = process.env['ROLLPROOF_BENCH_CLUSTER'] ?? 'rollproof-detector';

/** Records of a bench, a line each, written down as they come: a bench that is stopped goes on where it was. */
export function records<T extends Measured>(
  name: string,
): { all(): T[]; of(sources: string[]): T[]; add(record: T): void } {
  const file = join(packageRoot, BENCH_RECORDS, `${name}.jsonl`);
  return {
    all: () => jsonLines<T>(file),
    of: (sources) => jsonLines<T>(file).filter((record) => sources.includes(record.sources)),
    add: (record) => appendJsonLine(file, record),
  };
}

/** What was measured, and of what: a commit, and digests of those of its files that had a part in it. */
export interface Measured {
  commit: string;
  /** Of what makes the evidence: what was measured of the same is counted together, whatever was committed in between. */
  sources: string;
  /** Of what judges it: a saved run can be judged again. */
  judgement: string;
}

/** What makes a run; not how it is reported, nor what tests it. */
const HARNESS = /^harness\/(cluster|drivers|load|recorders|scenario)\//;
const JUDGEMENT = /^harness\/(checks|diagnosis|history)\/|^harness\/scenario\/judge\.ts$/;
const TESTS = /\.test\.ts$|\/testing\//;

/**
 * The sources as they are committed.
 *
 * @returns by the files that it takes beside the harness itself, what a measurement is of
 * @throws CannotRun where what is run is not what is committed.
 */
export async function committed(): Promise<(own: (path: string) => boolean) => Measured> {
  const git = async (...args: string[]) => (await execa('git', args, { cwd: packageRoot })).stdout;
  const others = ['--', '.', `:!${BENCH_RECORDS}/*.jsonl`, `:!${DETECTOR_PAGE}`];
  if ((await git('status', '--porcelain', '--untracked-files=no', ...others)) !== '')
    throw new CannotRun('the sources are not as they were committed', { remedy: 'commit first' });
  const commit = await git('rev-parse', '--short', 'HEAD');
  const files = (await git('ls-tree', '-r', 'HEAD')).split('\n').map((line) => line.split(/\s+/).slice(2));
  const digest = (takes: (path: string) => boolean) => {
    const taken = files.filter(([, path = '']) => !TESTS.test(path) && takes(path));
    return createHash('sha256').update(JSON.stringify(taken)).digest('hex').slice(0, 12);
  };
  const judgement = digest((path) => JUDGEMENT.test(path));
  return (own) => {
    const sources = digest((path) => own(path) || (HARNESS.test(path) && !JUDGEMENT.test(path)));
    return { commit, sources, judgement };
  };
}
