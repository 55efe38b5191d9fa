import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { forCgroupV1, readKindConfig } from '../cluster/kind-config.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { CannotRun } from '../errors.ts';
import { packageRoot } from '../package-root.ts';

/** A kind cluster, made and used by the commands that somebody would type. */
export interface HandMade extends AsyncDisposable {
  readonly node: string;
  /** Runs kubectl. */
  kubectl(...args: string[]): Promise<string>;
  /** Runs kind, with the cluster's name. */
  kind(...args: string[]): Promise<void>;
}

const NAME = 'rollproof-by-hand';

/**
 * `kind create cluster`, and nothing more: it returns before nodes are Ready.
 *
 * @param more of its flags
 */
export async function createByHand(
  { kind, kubectl, nodeImage, cgroupVersion }: Toolchain,
  more: string[] = [],
): Promise<HandMade> {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-by-hand-'));
  const [config, kubeconfig] = [join(folder, 'kind.yaml'), join(folder, 'kubeconfig')];
  const given = readKindConfig(join(packageRoot, 'kind-config.yaml'));
  writeFileSync(config, stringify(cgroupVersion === 1 ? forCgroupV1(given) : given));
  const run = async (...args: string[]) => void (await execa(kind, [...args, '--name', NAME], { stdin: 'ignore' }));
  const remove = async () => {
    await run('delete', 'cluster', '--kubeconfig', kubeconfig);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await run('create', 'cluster', '--image', nodeImage.ref, '--config', config, '--kubeconfig', kubeconfig, ...more);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    node: `${NAME}-control-plane`,
    kind: run,
    async kubectl(...args) {
      return (await execa(kubectl, ['--kubeconfig', kubeconfig, ...args], { stdin: 'ignore' })).stdout;
    },
    [Symbol.asyncDispose]: remove,
  };
}

const LOAD = 'rollproof-by-hand-k6';

/** How long load goes on around an update, milliseconds. */
export interface Around {
  /** Before the update. */
  baselineMs: number;
  /** After its end. */
  tailMs: number;
}

/**
 * The steps of so many scenarios, one after the other on one cluster, without looking at anything: images, manifests, load,
 * update, until it is rolled out and the old pods are gone. Each has a namespace of its own, whose end nobody waits for.
 */
export async function scenariosByHand(toolchain: Toolchain, times: number, around: Around): Promise<void> {
  await using cluster = await createByHand(toolchain);
  for (let i = 1; i <= times; i += 1) {
    await cluster.kind('load', 'docker-image', 'rollproof/correct:1.0.0', 'rollproof/correct:2.0.0');
    await rollByHand(cluster, `by-hand-${i}`, toolchain, around);
  }
}

async function rollByHand(
  { kubectl, node }: HandMade,
  namespace: string,
  toolchain: Toolchain,
  { baselineMs, tailMs }: Around,
): Promise<void> {
  const own = (...args: string[]) => kubectl('-n', namespace, ...args);
  await kubectl('create', 'namespace', namespace);
  await own('apply', '-k', join(packageRoot, 'fixtures/manifests/fixed'));
  await own('rollout', 'status', 'deployment/python-web-app', '--timeout=180s');
  const address = await own(
    'get',
    'service',
    'python-web-service',
    '-o',
    'jsonpath={.spec.clusterIP}:{.spec.ports[0].port}',
  );
  const url = `http://${address}/api/data`;
  const load = execa(
    'docker',
    [
      ...['run', '--rm', '-i', '--name', LOAD, '--network', `container:${node}`, '-e', `TARGET=${url}`],
      ...[toolchain.k6Image.ref, 'run', '--quiet', '--no-usage-report', '--address', '', '-'],
    ],
    { input: readFileSync(join(import.meta.dirname, 'by-hand.js'), 'utf8'), reject: false },
  );
  let ended = false;
  load.then(() => {
    ended = true;
  });
  try {
    await sleep(baselineMs);
    await own('set', 'image', 'deployment/python-web-app', 'app=rollproof/correct:2.0.0');
    await own('rollout', 'status', 'deployment/python-web-app', '--timeout=180s');
    // The old ones still terminate.
    while ((await own('get', 'pods', '-o', 'name')).split('\n').length > 3) await sleep(200);
    await sleep(tailMs);
    if (ended) throw new CannotRun(`k6 ended by itself: ${(await load).stderr}`);
  } finally {
    await execa('docker', ['kill', '-s', 'INT', LOAD], { reject: false });
    await load;
  }
  await kubectl('delete', 'namespace', namespace, '--wait=false');
}
