import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';

/** Where benches keep what they measured, and the runs behind it. */
export const BENCH_FOLDER = join(packageRoot, 'reports/bench');

/** A kept cluster of the benches' own. */
export const BENCH_CLUSTER = 'rollproof-detector';

/** Records of a bench, a line each, written down as they come: a bench that is stopped goes on where it was. */
export function records<T extends { commit: string }>(name: string): { of(commit: string): T[]; add(record: T): void } {
  const file = join(BENCH_FOLDER, `${name}.jsonl`);
  return {
    of: (commit) =>
      (existsSync(file) ? readFileSync(file, 'utf8') : '')
        .split('\n')
        .filter(Boolean)
        .map((line): T => JSON.parse(line))
        .filter((record) => record.commit === commit),
    add(record) {
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${JSON.stringify(record)}\n`);
    },
  };
}

/** @throws CannotRun where what is run is not what is committed: what was measured could not be counted together. */
export async function commitOf(): Promise<string> {
  const git = (...args: string[]) => execa('git', args, { cwd: packageRoot });
  const { stdout: changed } = await git('status', '--porcelain', '--untracked-files=no');
  if (changed !== '') throw new CannotRun('the sources are not as they were committed', { remedy: 'commit first' });
  return (await git('rev-parse', '--short', 'HEAD')).stdout;
}
