import { join } from 'node:path';
import { execa } from 'execa';
import { packageRoot } from '../package-root.ts';

const MAIN = join(packageRoot, 'harness/cli/bin.ts');

/** The command from its sources, called in a folder as somebody would call it: whatever it exits with is looked at. */
export const rollproofIn = (cwd: string, args: string[], env: Record<string, string> = {}) =>
  execa(process.execPath, ['--conditions=rollproof-source', MAIN, ...args], {
    cwd,
    env,
    reject: false,
    stdin: 'ignore',
  });
