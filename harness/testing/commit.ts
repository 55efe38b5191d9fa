import { execa } from 'execa';
import { packageRoot } from '../package-root.ts';

/**
 * What is run, for a record of it: "1e08df7", or "1e08df7-dirty".
 *
 * @param written paths that measuring itself writes: what it wrote before is no change of what is run
 */
export async function commitBut(...written: string[]): Promise<string> {
  const git = async (...args: string[]) => (await execa('git', args, { cwd: packageRoot })).stdout;
  const others = ['--', '.', ...written.map((path) => `:!${path}`)];
  const changed = await git('status', '--porcelain', '--untracked-files=no', ...others);
  return `${await git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '-dirty'}`;
}
