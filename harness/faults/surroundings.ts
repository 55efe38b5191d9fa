import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { dockerStartedByUs, restartDocker } from '../cluster/docker-daemon.ts';
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

/** Megabytes beyond what is there already. */
const SMALL_LOG_VOLUME = 32;

/** A small volume of its own for what Docker keeps of containers, their logs among that. Needs a daemon that rollproof started. */
export async function smallLogVolume(): Promise<Prepared> {
  const folder = await containersFolder();
  const aside = mkdtempSync(join(tmpdir(), 'rollproof-containers-'));
  const { stdout } = await execa('du', ['-sm', folder]);
  const size = `size=${Number.parseInt(stdout, 10) + SMALL_LOG_VOLUME}m`;
  const copy = (from: string, to: string) => execa('cp', ['-a', `${from}/.`, to]);
  await restartDocker(async () => {
    await copy(folder, aside);
    await execa('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]);
    await copy(aside, folder);
  });
  return {
    async [Symbol.asyncDispose]() {
      await restartDocker(async () => {
        rmSync(aside, { recursive: true });
        mkdirSync(aside);
        await copy(folder, aside);
        await execa('umount', ['-l', folder]);
        // What is gone meanwhile is gone there too.
        rmSync(folder, { recursive: true });
        mkdirSync(folder, { mode: 0o710 });
        await copy(aside, folder);
      });
      rmSync(aside, { recursive: true });
    },
  };
}

/** Why Docker can't be restarted. */
export const daemonIsOurs = async (): Promise<string | undefined> =>
  dockerStartedByUs() ? undefined : 'the Docker daemon is not one that rollproof started';

/** Where Docker keeps what containers log. */
export async function containersFolder(): Promise<string> {
  return join((await execa('docker', ['info', '-f', '{{.DockerRootDir}}'])).stdout, 'containers');
}

/** Fills the disk that a folder is on. */
export async function fill(folder: string): Promise<AsyncDisposable> {
  const filler = join(folder, 'filler');
  await execa('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { reject: false });
  return { [Symbol.asyncDispose]: async () => rmSync(filler, { force: true }) };
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
