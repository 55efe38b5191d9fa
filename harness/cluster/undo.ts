import { readFileSync, rmSync } from 'node:fs';
import { tryCommand } from './command.ts';
import { type Change, changes, forgetChanges } from './journal.ts';

/** Takes back what set-up did, newest first; says so line by line. What can't be taken back stays in the journal's place: it is named. */
export async function undoChanges(): Promise<string[]> {
  const lines: string[] = [];
  for (const change of changes().toReversed()) lines.push(await undo(change));
  forgetChanges();
  return lines;
}

async function undo(change: Change): Promise<string> {
  switch (change.what) {
    case 'image':
      return outcome(`image ${change.ref}`, await tryCommand('docker', ['rmi', '-f', change.ref], 60_000));
    case 'route':
      return outcome(`route ${change.range}`, await tryCommand('ip', ['route', 'del', 'blackhole', change.range]));
    case 'folder':
      rmSync(change.path, { recursive: true, force: true });
      return `removed ${change.path}`;
    case 'packages':
      return outcome(
        `packages ${change.names.join(' ')}`,
        await tryCommand('apt-get', ['purge', '-y', '--auto-remove', ...change.names], 300_000),
      );
    case 'daemon':
      return stopDaemon(change.pidFile);
  }
}

const outcome = (what: string, result: string | undefined) =>
  result === undefined ? `could not remove ${what}` : `removed ${what}`;

async function stopDaemon(pidFile: string): Promise<string> {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 'SIGTERM');
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      process.kill(pid, 0);
    }
    return `the Docker daemon ${pid} does not end`;
  } catch {
    return 'stopped the Docker daemon';
  }
}
