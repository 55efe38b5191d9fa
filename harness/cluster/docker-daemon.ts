import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../errors.ts';
import { tryCommand } from './command.ts';
import { noteChange } from './journal.ts';
import { type Consent, installPackages } from './packages.ts';
import { stateFolder } from './state.ts';

/** Version of the daemon that answers, or undefined. */
export async function reachDocker(): Promise<string | undefined> {
  const version = await tryCommand('docker', ['version', '--format', '{{.Server.Version}}']);
  return version?.trim() || undefined;
}

const folder = () => join(stateFolder(), 'docker');
const pidFile = () => join(folder(), 'dockerd.pid');
const logFile = () => join(folder(), 'dockerd.log');

/** The daemon that runs is one that rollproof started. */
export function dockerStartedByUs(): boolean {
  if (!existsSync(pidFile())) return false;
  try {
    process.kill(Number(readFileSync(pidFile(), 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Installs and starts a Docker daemon on a Debian family machine where root asks for it.
 *
 * @param runcWrapper path of the wrapper that becomes the default runtime; undefined where root has every capability.
 * @throws CannotRun where the daemon is not ours to start, or does not come up.
 */
export async function startDocker(consent: Consent, runcWrapper: () => Promise<string | undefined>): Promise<string> {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST) {
    throw new CannotRun(`Docker does not answer at DOCKER_HOST=${DOCKER_HOST}`, {
      remedy: 'start that daemon, or unset DOCKER_HOST',
    });
  }
  if (process.getuid?.() !== 0) {
    throw new CannotRun('no Docker daemon answers, and only root can start one', {
      remedy: 'start Docker (for example `sudo systemctl start docker`), or add yourself to the group docker',
    });
  }
  if (process.env.ROLLPROOF_INSTALL === 'never') {
    throw new CannotRun('no Docker daemon answers, and ROLLPROOF_INSTALL=never forbids starting one', {
      remedy: 'start Docker',
    });
  }
  await installPackages(['docker.io'], 'no Docker daemon is installed', consent);
  const answering = await afterInstall();
  if (answering !== undefined) return answering;
  await launch(await runcWrapper());
  const version = await comeUp();
  await keepStrayLoadInside();
  return version;
}

async function comeUp(): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const version = await reachDocker();
    if (version !== undefined) return version;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const last = readFileSync(logFile(), 'utf8').trim().split('\n').slice(-5).join('\n');
  throw new CannotRun(`dockerd did not come up within 30 s; the end of ${logFile()}:\n${last}`, {
    remedy: 'start Docker by hand',
  });
}

/**
 * Ends the daemon that rollproof started, and starts it again as it was. Containers end with it.
 *
 * @param meanwhile what is done while it is not there
 * @throws CannotRun where it does not come back.
 */
export async function restartDocker(meanwhile?: () => Promise<void>): Promise<void> {
  process.kill(Number(readFileSync(pidFile(), 'utf8')), 'SIGTERM');
  // It answers no more before it has ended.
  while (dockerStartedByUs()) await new Promise((resolve) => setTimeout(resolve, 100));
  await meanwhile?.();
  spawnDaemon();
  await comeUp();
}

/** Where an init system runs, installing has started the daemon already. */
async function afterInstall(): Promise<string | undefined> {
  if (!existsSync('/run/systemd/system')) return undefined;
  await tryCommand('systemctl', ['start', 'docker'], 60_000);
  return reachDocker();
}

async function launch(runcWrapper: string | undefined): Promise<void> {
  mkdirSync(folder(), { recursive: true });
  const config = join(folder(), 'daemon.json');
  const runtime =
    runcWrapper === undefined ? {} : { runtimes: { rollproof: { path: runcWrapper } }, 'default-runtime': 'rollproof' };
  writeFileSync(config, JSON.stringify({ ...runtime, pidfile: pidFile() }, null, 2));
  noteChange({ what: 'daemon', pidFile: pidFile() });
  spawnDaemon();
}

function spawnDaemon(): void {
  const log = openSync(logFile(), 'a');
  // Not through its init script: that sets limits which a sandbox may forbid, and gives up when it can't.
  spawn('dockerd', ['--config-file', join(folder(), 'daemon.json')], {
    detached: true,
    stdio: ['ignore', log, log],
  }).unref();
}

/** Pod and Service ranges of the clusters: where the cluster is gone, packets to them must not leave the machine. */
const CLUSTER_RANGES = ['10.244.0.0/16', '10.96.0.0/16'];

async function keepStrayLoadInside(): Promise<void> {
  for (const range of CLUSTER_RANGES) {
    if ((await tryCommand('ip', ['route', 'add', 'blackhole', range])) !== undefined)
      noteChange({ what: 'route', range });
  }
}
