import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Prepared } from './fault.ts';

/** Megabytes: a whole history has more. */
const SMALL_DISK = 64;

/** A disk of its own for run folders. */
export async function smallDisk(): Promise<Prepared> {
  const out = mkdtempSync(join(tmpdir(), 'rollproof-disk-'));
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${SMALL_DISK}m`, 'tmpfs', out]);
  return {
    out,
    async [Symbol.asyncDispose]() {
      await execa('umount', ['-l', out]);
      rmSync(out, { recursive: true, force: true });
    },
  };
}

/**
 * A wall clock that can be set, in the process only: the machine's own is nobody's to set. From the moment on that the file
 * is there, it is ahead by 30 s.
 */
const CLOCK = `
import { existsSync } from 'node:fs';
const now = Date.now.bind(Date);
let ahead = 0;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...args) { if (args.length === 0) super(now() + ahead); else super(...args); }
  static now() { return now() + ahead; }
};
setInterval(() => { if (ahead === 0 && existsSync(process.env.ROLLPROOF_FAULT_OUT + '/clock')) ahead = 30000; }, 100).unref();
`;

export const wallClock = {
  async prepare(): Promise<Prepared> {
    const out = mkdtempSync(join(tmpdir(), 'rollproof-clock-'));
    const file = join(out, 'clock.mjs');
    writeFileSync(file, CLOCK);
    return {
      out,
      env: { NODE_OPTIONS: `--import=${file}`, ROLLPROOF_FAULT_OUT: out },
      [Symbol.asyncDispose]: async () => rmSync(out, { recursive: true, force: true }),
    };
  },
  step: (out: string) => writeFileSync(join(out, 'clock'), ''),
};

/** A command that runs until it is taken back. */
export function until(command: string, args: string[]): AsyncDisposable {
  const controller = new AbortController();
  const running = execa(command, args, { cancelSignal: controller.signal, timeout: 300_000, reject: false });
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await running;
    },
  };
}
