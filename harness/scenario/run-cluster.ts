import { join } from 'node:path';
import { execa } from 'execa';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import { keptClusterExists, lockCluster, provideNodes } from '../cluster/kept.ts';
import { configOf, createKindCluster, openKindCluster, type StartedCluster } from '../cluster/kind.ts';
import { readKindConfig } from '../cluster/kind-config.ts';
import type { Lock } from '../cluster/lock.ts';
import { bringControlService, proveReady } from '../cluster/readiness.ts';
import type { Toolchain } from '../cluster/setup.ts';
import { clusterFolder, noteKeptCluster } from '../cluster/state.ts';
import { clusterNameOf, RUN_LABEL } from '../cluster/sweep.ts';
import type { ClusterFacts } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { CONTROL } from './control-service.ts';

interface ClusterSettings {
  run: string;
  nodes: number;
  toolchain: Toolchain;
  /** Path. */
  kindConfig: string;
  signal: AbortSignal;
}

/**
 * The run's own cluster, which goes with it. The control service is on its way: that it runs, scenarios wait for, while
 * what they need themselves is made.
 */
export async function freshCluster(
  settings: ClusterSettings,
  progress: (text: string) => void,
): Promise<StartedCluster> {
  const cluster = await create(clusterNameOf(settings.run), settings, progress);
  await bringControl(cluster, { [RUN_LABEL]: settings.run }, progress);
  return cluster;
}

export interface StartedKept {
  cluster: StartedCluster;
  /** Nobody else works on it while this is held. */
  lock: Lock;
  /** It was not there. */
  made: boolean;
}

/**
 * A cluster that stays, made where there is none of that name. The control service stays with it: it is nobody's run.
 *
 * @throws CannotRun where it is in use, or is not what the scenarios need. What was made is removed again.
 */
export async function keptCluster(
  settings: ClusterSettings & { name: string },
  progress: (text: string) => void,
): Promise<StartedKept> {
  const { name, run, nodes, toolchain } = settings;
  const lock = lockCluster(name);
  let made: StartedCluster | undefined;
  try {
    noteKeptCluster(run, name);
    const there = await keptClusterExists(name);
    if (!there) made = await create(name, settings, progress);
    const cluster = made ?? (await openKindCluster({ name, folder: clusterFolder(name), ...toolchain }));
    provideNodes(cluster, nodes);
    await bringControl(cluster, {}, progress);
    await proveReady(cluster, CONTROL, progress, settings.signal).control;
    return { cluster, lock, made: made !== undefined };
  } catch (error) {
    // What went wrong is what counts; what stays of it, the next run sweeps.
    await made?.delete().catch(() => {});
    lock.release();
    throw error;
  }
}

async function create(
  name: string,
  { nodes, toolchain, kindConfig, signal }: ClusterSettings,
  progress: (text: string) => void,
): Promise<StartedCluster> {
  progress(`kind create cluster, ${nodes} node${nodes === 1 ? '' : 's'}`);
  return createKindCluster({
    name,
    nodes,
    config: kindConfig,
    folder: clusterFolder(name),
    kind: toolchain.kind,
    kubectl: toolchain.kubectl,
    nodeImage: toolchain.nodeImage.ref,
    cgroupVersion: toolchain.cgroupVersion,
    signal,
  });
}

async function bringControl(
  cluster: StartedCluster,
  labels: Record<string, string>,
  progress: (text: string) => void,
): Promise<void> {
  const { ref: image } = await ensureFixtureImage(CONTROL.image.service, CONTROL.image.version, progress);
  progress('bringing the control service');
  const manifests = join(packageRoot, 'fixtures/manifests', CONTROL.manifests);
  await bringControlService(cluster, CONTROL, { manifests, image, labels });
}

/** As it is, not as it was asked for: a cluster that stays may be older than the configuration. */
export async function clusterFacts(
  { name, nodes, api }: StartedCluster,
  { nodeImage }: Pick<Toolchain, 'nodeImage'>,
): Promise<ClusterFacts> {
  const { gitVersion } = await api.get<{ gitVersion: string }>('/version');
  const { stdout: image } = await execa('docker', ['inspect', '--format', '{{.Config.Image}}', nodes[0]!]);
  return {
    provider: 'kind',
    version: gitVersion,
    nodes: nodes.length,
    nodeImage: image.trim() === nodeImage.ref ? nodeImage.origin : 'unknown',
    proxyMode: readKindConfig(configOf(clusterFolder(name))).networking?.kubeProxyMode ?? 'iptables',
  };
}
