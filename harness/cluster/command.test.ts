import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CommandFailed, logged } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollproof-command-'));
const log = join(folder, 'log');
afterAll(() => rmSync(folder, { recursive: true }));

test('a command that fails is told with its last lines, and all of them are in the log', async () => {
  const failed = logged('counting', log, ['sh', '-c', 'seq 20; exit 3']);
  await expect(failed).rejects.toThrow(CommandFailed);
  await expect(failed).rejects.toThrow(/^counting failed; .*:\n {4}9\n(.*\n)* {4}20$/);
  expect(readFileSync(log, 'utf8')).toContain('\n1\n2\n');
});

test('a command is ended when the run is stopped, and why is told, not that it failed', async () => {
  const run = new AbortController();
  const lines: string[] = [];
  const building = logged('building', log, ['sh', '-c', 'echo $$; exec sleep 600'], {
    signal: run.signal,
    onLine(line) {
      lines.push(line);
      run.abort(new Error('stopped'));
    },
  });
  await expect(building).rejects.toThrow(/^stopped$/);
  expect(() => process.kill(Number(lines[0]), 0)).toThrow('ESRCH');
});
