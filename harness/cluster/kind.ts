import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExecaError, execa } from 'execa';
import { stringify } from 'yaml';
import { CannotRun } from '../errors.ts';
import { type KubeApi, kubeApi } from './api.ts';
import { forCgroupV1, readKindConfig, withNodes } from './kind-config.ts';
import { type Kubectl, kubectlOn } from './kubectl.ts';
import { loadedImages } from './node-images.ts';
import { type NodeStream, type OnLine, streamInNode } from './node-stream.ts';
import { privateFolder } from './state.ts';

export interface KindOptions {
  /** Name of the cluster; its node containers and kubeconfig carry it. */
  name: string;
  /** Path of the kind configuration. */
  config: string;
  /** Number of nodes, where it is not to be that of the configuration. */
  nodes?: number;
  /** Folder for the kubeconfig and the configuration as used. */
  folder: string;
  kind: string;
  kubectl: string;
  nodeImage: string;
  cgroupVersion: 1 | 2;
  signal?: AbortSignal;
}

/** A cluster that runs: the only thing through which commands reach it. */
export interface StartedCluster {
  readonly name: string;
  readonly kubeconfig: string;
  readonly api: KubeApi;
  /** Names of the node containers, the control plane first; none where they are out of reach. */
  readonly nodes: string[];
  kubectl: Kubectl;
  /** Runs a command in a node (the control plane unless named). */
  exec(args: string[], node?: string): Promise<string>;
  /** Starts a command that runs on in a node; `onLine` gets each line of its output as it comes. */
  stream(args: string[], node: string, onLine: OnLine): NodeStream;
  loadImages(refs: string[]): Promise<void>;
  /** `kind export logs`: the nodes' journals, the runtime's and all pods' logs, into a folder that it makes. */
  exportLogs(folder: string): Promise<void>;
  /** Deletes it; more than once does no harm. */
  delete(): Promise<void>;
}

/** Creates a cluster. What was half made is removed when that fails. */
export async function createKindCluster(options: KindOptions): Promise<StartedCluster> {
  const { name, folder, nodeImage, signal } = options;
  const given = readKindConfig(options.config);
  const asked = options.nodes === undefined ? given : withNodes(given, options.nodes);
  const config = configOf(folder);
  const kubeconfig = kubeconfigOf(folder);
  privateFolder(folder);
  writeFileSync(config, stringify(options.cgroupVersion === 1 ? forCgroupV1(asked) : asked));
  try {
    // Readiness is checked by ourselves (readiness.ts): kind's own --wait warns and returns success when time is up.
    await execa(
      options.kind,
      ['create', 'cluster', '--name', name, '--config', config, '--image', nodeImage, '--kubeconfig', kubeconfig],
      { all: true, ...(signal ? { cancelSignal: signal } : {}), timeout: CREATE_BUDGET_MS },
    );
  } catch (error) {
    await deleteKindCluster(options.kind, name, folder);
    if (signal?.aborted) throw error;
    throw new CannotRun(`kind could not create the cluster ${name}: ${lastLines(error)}`, {
      remedy: `check ${options.config} and run \`rollproof doctor\``,
      cause: error,
    });
  }
  const cluster = await openKindCluster(options);
  await execa('docker', ['update', '--cpu-shares', NODE_CPU_SHARES, ...cluster.nodes], { all: true });
  return cluster;
}

/** Three nodes on two cores take a minute and a half. */
const CREATE_BUDGET_MS = 300_000;

/**
 * A load container has 1024. On a machine that is too small, it is then the load that lags (and says so), not the
 * kubelet's probes and the service, which would look like a dip.
 */
const NODE_CPU_SHARES = '8192';

const images = loadedImages();

/** A handle on a kind cluster that is there already. */
export async function openKindCluster(
  options: Pick<KindOptions, 'name' | 'folder' | 'kind' | 'kubectl'>,
): Promise<StartedCluster> {
  const { name, folder, kind } = options;
  const kubeconfig = kubeconfigOf(folder);
  const nodes = await nodesOf(name);
  const controlPlane = nodes[0];
  if (controlPlane === undefined) throw new CannotRun(`no node of a kind cluster named ${name} runs`);
  const exec: StartedCluster['exec'] = async (args, node = controlPlane) =>
    (await execa('docker', ['exec', node, ...args], { stdin: 'ignore' })).stdout;
  return {
    name,
    kubeconfig,
    nodes,
    api: kubeApi(kubeconfig),
    kubectl: kubectlOn(options.kubectl, kubeconfig),
    exec,
    stream: streamInNode,
    async loadImages(refs) {
      const missing = await images.missing(refs, { exec, nodes });
      if (missing.refs.length === 0) return;
      await execa(kind, ['load', 'docker-image', '--name', name, ...missing.refs], { all: true });
      missing.loaded();
    },
    async exportLogs(into) {
      await execa(kind, ['export', 'logs', into, '--name', name], { all: true, stdin: 'ignore' });
    },
    delete: () => deleteKindCluster(kind, name, folder),
  };
}

export async function deleteKindCluster(kind: string, name: string, folder: string): Promise<void> {
  await execa(kind, ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfigOf(folder)], { all: true });
  rmSync(folder, { recursive: true, force: true });
}

/** Names of the kind clusters on this Docker daemon. */
export async function kindClusters(): Promise<string[]> {
  const { stdout } = await execa('docker', [
    'ps',
    '-a',
    '--filter',
    `label=${KIND_LABEL}`,
    '--format',
    `{{.Label "${KIND_LABEL}"}}`,
  ]);
  return [...new Set(stdout.split('\n').filter(Boolean))];
}

const KIND_LABEL = 'io.x-k8s.kind.cluster';

async function nodesOf(name: string): Promise<string[]> {
  const format = '{{.Names}} {{.Label "io.x-k8s.kind.role"}}';
  const { stdout } = await execa('docker', ['ps', '--filter', `label=${KIND_LABEL}=${name}`, '--format', format]);
  const nodes = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' ') as [string, string]);
  const first = ([, role]: [string, string]) => (role === 'control-plane' ? 0 : 1);
  return nodes.sort((a, b) => first(a) - first(b) || a[0].localeCompare(b[0])).map(([node]) => node);
}

/** A cluster of rollproof's that was made to its end has one. */
export const kubeconfigOf = (folder: string): string => join(folder, 'kubeconfig');

/** The kind configuration as it was used. */
export const configOf = (folder: string): string => join(folder, 'kind-config.yaml');

function lastLines(error: unknown): string {
  if (!(error instanceof ExecaError)) return String(error);
  const output = String(error.all ?? '').trim();
  const reason =
    output.split('\n').find((line) => line.startsWith('ERROR')) ?? output.split('\n').slice(-3).join(' / ');
  return reason || error.shortMessage;
}
