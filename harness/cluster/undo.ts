import { readFileSync, rmSync } from 'node:fs';
import { tryCommand } from './command.ts';
import { type Change, changes, forgetChanges, noteChange } from './journal.ts';

/** Images go while the daemon still runs, the daemon before its packages. */
const ORDER: Change['what'][] = ['image', 'folder', 'route', 'daemon', 'packages'];

/** Takes back what set-up did, and says so line by line. What could not be taken back stays in the journal. */
export async function undoChanges(): Promise<string[]> {
  const lines: string[] = [];
  const left: Change[] = [];
  const all = changes();
  if (all.length > 0) lines.push(...(await removeImages()));
  for (const what of ORDER) {
    for (const change of all.filter((one) => one.what === what).toReversed()) {
      const { done, line } = await undo(change);
      lines.push(line);
      if (!done) left.push(change);
    }
  }
  forgetChanges();
  for (const change of left) noteChange(change);
  return lines;
}

interface Undone {
  done: boolean;
  line: string;
}

/** Everything that rollproof ever built carries its label: sample services and their base as well. */
async function removeImages(): Promise<string[]> {
  const ids =
    (await tryCommand('docker', ['images', '-q', '--filter', 'label=dev.rollproof']))?.split('\n').filter(Boolean) ??
    [];
  if (ids.length === 0) return [];
  const removed = await tryCommand('docker', ['rmi', '-f', ...new Set(ids)], 120_000);
  return removed === undefined
    ? ['some images of rollproof are still in use']
    : [`removed ${new Set(ids).size} images of rollproof`];
}

async function undo(change: Change): Promise<Undone> {
  switch (change.what) {
    case 'image': {
      if ((await tryCommand('docker', ['image', 'inspect', change.ref])) === undefined)
        return { done: true, line: `image ${change.ref} is gone` };
      return outcome(`image ${change.ref}`, await tryCommand('docker', ['rmi', '-f', change.ref], 60_000));
    }
    case 'route':
      return outcome(`route ${change.range}`, await tryCommand('ip', ['route', 'del', 'blackhole', change.range]));
    case 'folder':
      rmSync(change.path, { recursive: true, force: true });
      return { done: true, line: `removed ${change.path}` };
    case 'packages': {
      const command = ['purge', '-y', '--auto-remove', ...change.names];
      return outcome(`packages ${change.names.join(' ')}`, await tryCommand('apt-get', command, 300_000));
    }
    case 'daemon':
      return stopDaemon(change.pidFile);
  }
}

const outcome = (what: string, result: string | undefined): Undone =>
  result === undefined ? { done: false, line: `could not remove ${what}` } : { done: true, line: `removed ${what}` };

async function stopDaemon(pidFile: string): Promise<Undone> {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 'SIGTERM');
    for (let attempt = 0; attempt < 100; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      process.kill(pid, 0);
    }
    return { done: false, line: `the Docker daemon (process ${pid}) does not end` };
  } catch {
    return { done: true, line: 'stopped the Docker daemon' };
  }
}
