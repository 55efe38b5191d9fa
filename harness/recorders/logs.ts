import type { StartedCluster } from '../cluster/kind.ts';
import type { NewObservation, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';

export interface LogOptions {
  cluster: Pick<StartedCluster, 'exec'>;
  namespace: string;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedLogs {
  /** To be shown every observation: it takes hold of a container's log as soon as a watch says that it runs. */
  see(observation: Observation): void;
  /** Reads what has not been read yet. */
  collect(): Promise<void>;
}

/**
 * Keeps the logs of all containers of a namespace and writes down the evidence lines of the sample services (JSON
 * objects with a `rollproof` field). Other lines are the service's own business and stay in the cluster.
 *
 * A hard link on the node keeps each log file beyond its pod's deletion, and costs nothing while the load runs:
 * following every log through the apiserver took a fifth of a small machine.
 */
export function startLogs(options: LogOptions): StartedLogs {
  const held = new Map<string, Held>();
  const holding = new Set<Promise<void>>();
  return {
    see(observation) {
      if (observation.type !== 'object' || observation.kind !== 'Pod') return;
      const { uid, name, object } = observation;
      const node = (object.spec as { nodeName?: string } | undefined)?.nodeName ?? '';
      const status = object.status as PodStatus | undefined;
      for (const { name: container, containerID, restartCount, state } of status?.containerStatuses ?? []) {
        if (containerID === undefined || held.has(containerID) || !(state?.running ?? state?.terminated)) continue;
        const log: Held = { pod: name, container, node, uid, restart: restartCount ?? 0, read: 0 };
        held.set(containerID, log);
        const work: Promise<void> = hold(log, options).finally(() => holding.delete(work));
        holding.add(work);
      }
    },
    async collect() {
      await Promise.all(holding);
      for (const node of new Set([...held.values()].map((log) => log.node))) {
        await read(
          node,
          [...held.values()].filter((log) => log.node === node),
          options,
        );
      }
    },
  };
}

interface Held {
  pod: string;
  container: string;
  node: string;
  uid: string;
  restart: number;
  /** Characters read so far. */
  read: number;
}

interface PodStatus {
  containerStatuses?: {
    name: string;
    containerID?: string;
    restartCount?: number;
    state?: { running?: object; terminated?: object };
  }[];
}

const folderOf = (namespace: string) => `/var/log/rollproof/${namespace}`;
const fileOf = ({ uid, container, restart }: Held) => `${uid}_${container}_${restart}`;

/** The kubelet's path of a container's log: /var/log/pods/NAMESPACE_POD_UID/CONTAINER/RESTART.log. */
async function hold(log: Held, { cluster, namespace, clock, append }: LogOptions): Promise<void> {
  const source = `/var/log/pods/${namespace}_${log.pod}_${log.uid}/${log.container}/${log.restart}.log`;
  const from = clock.now();
  try {
    await cluster.exec(
      ['sh', '-c', `mkdir -p ${folderOf(namespace)} && ln -f ${source} ${folderOf(namespace)}/${fileOf(log)}`],
      log.node,
    );
  } catch (error) {
    const reason = `its log could not be kept: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
    append({ type: 'gap', t: clock.now(), source: `logs:${log.pod}/${log.container}`, from, to: clock.now(), reason });
  }
}

const SEPARATOR = '=== rollproof ';

async function read(node: string, logs: Held[], { cluster, namespace, clock, append }: LogOptions): Promise<void> {
  const script = `cd ${folderOf(namespace)} 2>/dev/null && for f in *; do echo; echo "${SEPARATOR}$f"; cat "$f"; done; echo; echo "${SEPARATOR}end"`;
  const text = await cluster.exec(['sh', '-c', script], node);
  for (const part of `\n${text}`.split(`\n${SEPARATOR}`).slice(1)) {
    const end = part.indexOf('\n');
    const log = logs.find((one) => fileOf(one) === part.slice(0, end));
    if (log === undefined) continue;
    const content = part.slice(end + 1);
    // Whole lines only: the rest is read the next time.
    const upTo = content.lastIndexOf('\n') + 1;
    for (const line of content.slice(log.read, upTo).split('\n')) {
      const observation = parseEvidence(withoutPrefix(line), log.pod, clock);
      if (observation !== undefined) append(observation);
    }
    log.read = Math.max(log.read, upTo);
  }
}

/** The container runtime writes "2026-01-01T00:00:00.000000000Z stdout F " before each line (CRI's log format). */
const withoutPrefix = (line: string) => line.replace(/^\S+ (stdout|stderr) [FP] /, '');

/** A line such as `{"rollproof":"handled","t":1763923140.123456,"id":"new-41-8","status":200,…}`; undefined for others. */
export function parseEvidence(line: string, pod: string, clock: Pick<Clock, 'toNanos'>): NewObservation | undefined {
  if (!line.startsWith('{"rollproof":')) return undefined;
  let fact: Record<string, unknown>;
  try {
    fact = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof fact.rollproof !== 'string' || typeof fact.t !== 'number') return undefined;
  return {
    type: 'server',
    t: clock.toNanos(fact.t * 1000),
    pod,
    version: String(fact.version ?? ''),
    event: fact.rollproof,
    ...(typeof fact.id === 'string' ? { request: fact.id } : {}),
    ...(typeof fact.status === 'number' ? { status: fact.status } : {}),
    ...(typeof fact.code === 'number' ? { code: fact.code } : {}),
  };
}
