import { CannotRun } from '../errors.ts';
import { ApiError } from './api.ts';
import type { StartedCluster } from './kind.ts';

/** A service that is never rolled: it proves that the cluster works, and stays for the run's control lane. */
export interface ControlService {
  namespace: string;
  deployment: string;
  service: string;
}

/**
 * Applies it. That it runs is for {@link proveReady} to say: the apiserver and the nodes' containerd, which are there before
 * the network is, are all that this needs.
 */
export async function bringControlService(
  cluster: StartedCluster,
  { namespace }: ControlService,
  { manifests, image, labels }: { manifests: string; image: string; labels: Record<string, string> },
): Promise<void> {
  await cluster.loadImages([image]);
  await ensureNamespace(cluster, namespace, labels);
  await cluster.kubectl(['apply', '-n', namespace, '-k', manifests]);
}

/** How far a cluster is proven to work. Each throws CannotRun that names what did not come up, and the last state seen. */
export interface Readiness {
  /** Its nodes are Ready: what is applied now is run. */
  nodes: Promise<void>;
  /** The control service runs, is found by its name in the cluster's DNS, and answers on a node: its cluster address. */
  control: Promise<{ url: string }>;
}

/** Proves that the cluster works, because kind's own wait does not. */
export function proveReady(
  cluster: StartedCluster,
  control: ControlService,
  progress: (text: string) => void = () => {},
  signal?: AbortSignal,
): Readiness {
  const attempt: Attempt = (what, seconds, run) => until(cluster, { what, seconds, signal }, run);
  progress('waiting for the nodes');
  const nodes = attempt('the nodes to be Ready', 120, () =>
    cluster.kubectl(['wait', 'node', '--all', '--for=condition=Ready', '--timeout=5s']),
  );
  const ready = { nodes, control: nodes.then(() => reach(cluster, control, attempt, progress)) };
  // Whoever waits for it is told why it failed.
  for (const one of [ready.nodes, ready.control]) one.catch(() => {});
  return ready;
}

type Attempt = (what: string, seconds: number, run: () => Promise<string>) => Promise<void>;

async function reach(
  cluster: StartedCluster,
  { namespace, deployment, service }: ControlService,
  attempt: Attempt,
  progress: (text: string) => void,
): Promise<{ url: string }> {
  progress('waiting for a pod');
  await attempt('a pod to run', 120, () =>
    cluster.kubectl(['-n', namespace, 'rollout', 'status', `deployment/${deployment}`, '--timeout=5s']),
  );
  progress('asking DNS');
  const lookup = `import socket; print(socket.gethostbyname('${service}.${namespace}.svc.cluster.local'))`;
  await attempt('DNS to answer in a pod', 90, () =>
    cluster.kubectl(['-n', namespace, 'exec', `deployment/${deployment}`, '--', 'python3', '-c', lookup]),
  );
  progress('calling a Service');
  let url = '';
  await attempt('a Service to answer on the node', 60, async () => {
    const { host, port } = await serviceAddress(cluster, namespace, service);
    url = `http://${host}:${port}/api/data`;
    return cluster.exec(['curl', '-sSf', '--max-time', '3', '-o', '/dev/null', url]);
  });
  return { url };
}

/** One that is there already is taken as it is. */
export async function ensureNamespace(
  cluster: StartedCluster,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  await cluster.kubectl(['apply', '-f', '-'], { input: namespaceObject(name, labels) });
}

/**
 * Fails where there is one of that name: it would be somebody else's, and nothing may be put there or deleted with it.
 *
 * @throws CannotRun
 */
export async function createNamespace(
  cluster: StartedCluster,
  name: string,
  labels: Record<string, string>,
): Promise<void> {
  try {
    await cluster.kubectl(['create', '-f', '-'], { input: namespaceObject(name, labels) });
  } catch (cause) {
    if (!/AlreadyExists/.test(String((cause as { stderr?: unknown }).stderr))) throw cause;
    throw new CannotRun(`the namespace ${name} is there already, and it is not this run's: nothing in it was touched`, {
      remedy: 'run again, which takes another name',
      cause,
    });
  }
}

const namespaceObject = (name: string, labels: Record<string, string>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });

const GONE_BUDGET_MS = 120_000;

/**
 * Nothing is in a namespace whose name somebody gave. One of ours that is being deleted is waited for; whatever else is of
 * that name is not ours to touch.
 *
 * @throws CannotRun where it is there, and stays.
 */
export async function freeNamespace(cluster: Pick<StartedCluster, 'api'>, name: string): Promise<void> {
  const deadline = performance.now() + GONE_BUDGET_MS;
  for (;;) {
    const found = await namespaceNamed(cluster, name);
    if (found === undefined) return;
    if (found.metadata.deletionTimestamp === undefined)
      throw new CannotRun(`service.namespace: there is a namespace ${name} already`, {
        remedy: `another name, or none: then it goes to one of the run's own`,
      });
    if (performance.now() > deadline)
      throw new CannotRun(`service.namespace: ${name} is still being deleted after ${GONE_BUDGET_MS / 1000} s`, {
        remedy: `kubectl get namespace ${name} -o yaml says what holds it`,
      });
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

interface Namespace {
  metadata: { deletionTimestamp?: string };
}

async function namespaceNamed({ api }: Pick<StartedCluster, 'api'>, name: string): Promise<Namespace | undefined> {
  try {
    return await api.get<Namespace>(`/api/v1/namespaces/${name}`);
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    // Whoever has rights in a namespace only may not look at the namespace itself.
    if (error instanceof ApiError && error.code === 403) return { metadata: {} };
    throw error;
  }
}

export const namespaceExists = async (cluster: Pick<StartedCluster, 'api'>, name: string): Promise<boolean> =>
  isThere(await namespaceNamed(cluster, name));

/** One that is on its way out takes nothing any more. */
const isThere = (namespace: Namespace | undefined): boolean =>
  namespace !== undefined && namespace.metadata.deletionTimestamp === undefined;

/** Address and port at which a Service of type ClusterIP is called. */
export async function serviceAddress(
  cluster: StartedCluster,
  namespace: string,
  name: string,
): Promise<{ host: string; port: number }> {
  const { spec } = await cluster.api.get<{ spec: { clusterIP: string; ports: { port: number }[] } }>(
    `/api/v1/namespaces/${namespace}/services/${name}`,
  );
  return { host: spec.clusterIP, port: spec.ports[0]!.port };
}

/** Runs it until it works. Every failure but the last is what waiting looks like. */
async function until(
  cluster: StartedCluster,
  { what, seconds, signal }: { what: string; seconds: number; signal: AbortSignal | undefined },
  run: () => Promise<string>,
): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    try {
      await run();
      return;
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        continue;
      }
      const pods = await cluster.kubectl(['get', 'pods', '-A', '-o', 'wide']).catch(String);
      throw new CannotRun(`the cluster ${cluster.name} did not get ready: waited ${seconds} s for ${what}`, {
        remedy: `last state:\n${error instanceof Error ? error.message.split('\n').slice(0, 3).join('\n') : error}\n${pods}`,
        cause: error,
      });
    }
  }
}
