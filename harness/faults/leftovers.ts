import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { stateFolder } from '../cluster/state.ts';

/** What there is on this machine, by kind: names of things. */
export type Inventory = Record<string, string[]>;

/**
 * What tools keep for the next time, under one name: kind its network, Testcontainers the lock (empty) that it takes to find
 * Docker, and the lock's lock where it was killed meanwhile, which it takes over after seconds.
 */
const KEPT = ['network kind', 'temporary testcontainers-node-0.lock', 'temporary testcontainers-node-0.lock.lock'];

/**
 * All that a run can leave on a machine. `tmp` is the folder that its runs have for temporary files.
 */
export async function inventory(tmp: string): Promise<Inventory> {
  return {
    containers: await docker('ps', '-a', '--format', '{{.Names}} ({{.Image}})'),
    networks: await docker('network', 'ls', '--format', '{{.Name}}'),
    volumes: await docker('volume', 'ls', '-q'),
    images: await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'),
    routes: lines((await execa('ip', ['route'], { reject: false })).stdout).filter(
      (one) => !/\bbr-|\blinkdown/.test(one),
    ),
    kubeconfig: [digest(process.env.KUBECONFIG ?? join(homedir(), '.kube/config'))],
    state: filesIn(stateFolder()).filter((path) => !/^(docker\/|changes\.jsonl$|locks\/)/.test(path)),
    temporary: filesIn(tmp, true),
    processes: processes(),
  };
}

/** What is there now and was not before: of each kind, its names. */
export function leftBehind(before: Inventory, now: Inventory): string[] {
  return Object.keys(now)
    .flatMap((kind) => {
      const rest = [...(before[kind] ?? [])];
      return (now[kind] ?? [])
        .filter((name) => {
          const at = rest.indexOf(name);
          if (at >= 0) rest.splice(at, 1);
          return at < 0;
        })
        .map((name) => `${SINGULAR[kind] ?? kind} ${name}`);
    })
    .filter((one) => !KEPT.includes(one));
}

const SINGULAR: Record<string, string> = {
  containers: 'container',
  networks: 'network',
  volumes: 'volume',
  images: 'image',
  routes: 'route',
  processes: 'process',
};

const docker = async (...args: string[]) => lines((await execa('docker', args)).stdout).sort();

const lines = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const digest = (path: string) =>
  existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12) : 'none';

/** `folders`: the empty ones too. */
function filesIn(folder: string, folders = false): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => !one.isDirectory() || (folders && readdirSync(join(one.parentPath, one.name)).length === 0))
    .map((one) => join(one.parentPath, one.name).slice(realpathSync(folder).length + 1))
    .sort();
}

/** Commands of a run that go on: they name its cluster, its lane or its run folder. */
function processes(): string[] {
  return (
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        } catch {
          return '';
        }
      })
      .filter((line) => /rollproof-\d{8}-\d{6}|harness\/cli\/main\.ts run .*faults\/scenarios/.test(line))
      // Records are for everybody: they name no folder of this machine.
      .map((line) => line.replaceAll(/(^|[ =])\/\S*\//g, '$1').slice(0, 120))
  );
}
