import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A lock that the kernel releases when its holder dies, by kill -9 too. */
export interface Lock {
  release(): void;
  [Symbol.dispose](): void;
}

/**
 * Takes the lock of a file, or returns undefined where another process holds it. It is SQLite's exclusive lock on a
 * database file: a lock of the operating system that works alike on Linux and macOS, which Node itself has no call for.
 */
export function tryLock(path: string): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    database.close();
  };
  return { release, [Symbol.dispose]: release };
}

/** Takes the lock as soon as it is free; `onWait` is called once where it is not free at first. */
export async function lock(path: string, onWait: () => void = () => {}): Promise<Lock> {
  const first = tryLock(path);
  if (first !== undefined) return first;
  onWait();
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const next = tryLock(path);
    if (next !== undefined) return next;
  }
}

function isBusy(error: unknown): boolean {
  // SQLITE_BUSY; see https://www.sqlite.org/rescode.html#busy
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}
