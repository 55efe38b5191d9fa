import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { execa } from 'execa';
import { stringify } from 'yaml';
import { CannotRun } from '../errors.ts';
import { kubeApi } from './api.ts';
import type { StartedCluster } from './kind.ts';
import { kubectlOn } from './kubectl.ts';
import { contextFile } from './state.ts';

/**
 * A handle on a cluster that is somebody's: through the apiserver only. Its nodes are out of reach, so that nothing is read
 * from them and no image is loaded onto them.
 *
 * @param context in the kubeconfig, as kubectl finds that
 * @throws CannotRun where there is no such context, or the cluster does not answer.
 */
export async function openContext(context: string, kubectl: string): Promise<StartedCluster> {
  checkContext(context);
  const api = kubeApi(undefined, context);
  try {
    await api.get('/version');
  } catch (cause) {
    throw new CannotRun(`--context: the cluster of ${context} does not answer: ${(cause as Error).message}`, { cause });
  }
  const kubeconfig = kubeconfigFor(context);
  const unreachable = (what: string) => async (): Promise<never> => {
    throw new CannotRun(`${what}: the nodes of ${context} are out of reach`);
  };
  return {
    name: context,
    kubeconfig,
    nodes: [],
    api,
    kubectl: kubectlOn(kubectl, kubeconfig),
    exec: unreachable('a command in a node'),
    stream() {
      throw new CannotRun(`a command in a node: the nodes of ${context} are out of reach`);
    },
    async loadImages(refs) {
      if (refs.length === 0) return;
      throw new CannotRun(`service.images: no image can be loaded into ${context}`, {
        remedy: `push ${refs.join(', ')} to where it pulls from, and leave service.images out`,
      });
    },
    exportLogs: unreachable('--export-logs'),
    async delete() {},
  };
}

/**
 * The user's own kubeconfig, with a file before it that says no more than which context is the current one: the first that
 * says it is right, and no credentials are copied.
 */
function kubeconfigFor(context: string): string {
  const file = contextFile(context);
  writeFileSync(file, stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': context }));
  return [file, process.env.KUBECONFIG || join(homedir(), '.kube/config')].join(delimiter);
}

/** @throws CannotRun where kubectl would know no such context. */
export function checkContext(context: string): void {
  const known = contexts();
  if (known.includes(context)) return;
  throw new CannotRun(`--context: the kubeconfig has no context ${context}`, {
    remedy: known.length === 0 ? 'it has none at all; KUBECONFIG names another' : `there are: ${known.join(', ')}`,
  });
}

/**
 * Names of the contexts that kubectl would know.
 *
 * @throws CannotRun where the kubeconfig can't be read.
 */
export function contexts(): string[] {
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (cause) {
    throw new CannotRun(`--context: the kubeconfig cannot be read: ${(cause as Error).message.split('\n')[0]}`, {
      remedy: 'KUBECONFIG names another',
      cause,
    });
  }
  return config.getContexts().map(({ name }) => name);
}

/** Where the user has a kubectl of his own, that one is used. */
export async function ownKubectl(): Promise<string> {
  try {
    await execa('kubectl', ['version', '--client'], { stdin: 'ignore' });
    return 'kubectl';
  } catch (cause) {
    throw new CannotRun('there is no kubectl on the PATH', { remedy: 'install one that fits the cluster', cause });
  }
}
