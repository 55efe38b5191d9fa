import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

test('all of it is in the log each time, however soon somebody looks', async () => {
  for (let round = 0; round < 20; round++) {
    const once = join(folder, `log-${round}`);
    await expect(logged('counting', once, ['sh', '-c', 'seq 20; exit 3'])).rejects.toThrow(CommandFailed);
    expect(readFileSync(once, 'utf8')).toContain('\n1\n2\n3\n');
  }
});

test('a log that cannot be written does not end what it is of', async () => {
  mkdirSync(join(folder, 'no-file'));
  const failed = logged('counting', join(folder, 'no-file'), ['sh', '-c', 'seq 20; exit 3']);
  await expect(failed).rejects.toThrow(/ {4}19\n {4}20$/);
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
