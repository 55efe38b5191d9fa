import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { CannotRun } from '../../errors.ts';

/**
 * Whether a k6 script can be read at all: by Node, which has the same language. What it imports only k6 knows.
 *
 * @throws CannotRun that names file, line and what is wrong.
 */
export async function checkScript(file: string): Promise<void> {
  // k6 takes TypeScript too, Node's --check does not.
  if (file.endsWith('.ts')) return;
  const { exitCode, stderr } = await execa(process.execPath, ['--check', '--input-type=module', '-'], {
    input: readFileSync(file),
    reject: false,
  });
  if (exitCode === 0) return;
  const [, line = '1'] = /^\[stdin\]:(\d+)/m.exec(stderr) ?? [];
  const [, words = stderr.trim()] = /^SyntaxError: (.*)/m.exec(stderr) ?? [];
  throw new CannotRun(`load.script: ${file}:${line}: ${words}`, { remedy: 'it is read as a module of JavaScript' });
}
