import type { StartedCluster } from '../cluster/kind.ts';
import type { Nanos, NewObservation, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { type ContainerSeen, containersOf } from './containers.ts';
import { logPath, missing, readListing } from './log-files.ts';
import { plain } from './plain.ts';

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
  /** The logs as they are, of those containers that could be read. */
  texts(): Promise<ContainerLog[]>;
  /** Reads the rest, and writes down of each log how far it was read and whether that is all of it. */
  finish(): Promise<void>;
}

/** What one container wrote, each line with the time and the stream that the container runtime puts before it. */
export interface ContainerLog {
  pod: string;
  container: string;
  restart: number;
  text: string;
}

/**
 * Keeps the logs of all containers of a namespace and writes down the evidence lines of the sample services (JSON
 * objects with a `rollproof` field). Other lines are the service's own business and stay in the cluster.
 *
 * A hard link on the node keeps each log file beyond its pod's deletion, and costs nothing while the load runs:
 * following every log through the apiserver took a fifth of a small machine.
 */
export function startLogs(options: LogOptions): StartedLogs {
  const { clock, append } = options;
  const held = new Map<string, Held>();
  const holding = new Set<Promise<void>>();

  async function each(work: (node: string, logs: Held[]) => Promise<void>): Promise<void> {
    await Promise.all(holding);
    for (const node of new Set([...held.values()].map((log) => log.node)))
      await work(
        node,
        [...held.values()].filter((log) => log.node === node),
      );
  }

  return {
    see(observation) {
      for (const container of containersOf(observation, clock)) {
        const known = held.get(container.id);
        if (known !== undefined) {
          known.ended ??= container.ended;
          continue;
        }
        const log: Held = { ...container, rotated: false, read: 0, bytes: 0 };
        held.set(container.id, log);
        const work: Promise<void> = hold(log, options).finally(() => holding.delete(work));
        holding.add(work);
      }
      if (observation.type !== 'object' || observation.verb !== 'deleted') return;
      for (const log of held.values()) if (log.podUid === observation.uid) log.gone = observation.t;
    },
    collect: () => each((node, logs) => read(node, logs, options)),
    async texts() {
      const found: ContainerLog[] = [];
      await each(async (node, logs) => {
        for (const { log, content } of await contents(node, logs, options).catch(() => []))
          found.push({ pod: log.pod, container: log.name, restart: log.restart, text: content });
      });
      return found;
    },
    finish: () =>
      each(async (node, logs) => {
        const files = readListing(await listing(node, options));
        await read(node, logs, options);
        for (const log of logs) append({ type: 'log', t: clock.now(), ...account(log, files, options.namespace) });
      }),
  };
}

interface Held extends ContainerSeen {
  /** Its pod was seen deleted. */
  gone?: Nanos;
  /** When it was taken hold of, the kubelet had begun another file already. */
  rotated: boolean;
  /** Read so far: whole lines in characters, and all there was in bytes. */
  read: number;
  bytes: number;
  /** When the last reading that worked began; why the last one did not. */
  readAt?: Nanos;
  failure?: string;
}

const folderOf = (namespace: string) => `/var/log/rollproof/${plain(namespace)}`;
const fileOf = ({ podUid, name, restart }: Held) => `${plain(podUid)}_${plain(name)}_${restart}`;

async function hold(log: Held, { cluster, namespace, clock, append }: LogOptions): Promise<void> {
  const source = logPath(namespace, log);
  const folder = folderOf(namespace);
  const from = clock.now();
  try {
    const script = `mkdir -p ${folder} && ln -f ${source} ${folder}/${fileOf(log)} && { ls ${source}.* 2>/dev/null || true; }`;
    log.rotated = (await cluster.exec(['sh', '-c', script], log.node)) !== '';
  } catch (error) {
    const reason = `its log could not be kept: ${firstLine(error)}`;
    append({ type: 'gap', t: clock.now(), source: `logs:${log.pod}/${log.name}`, from, to: clock.now(), reason });
  }
}

const SEPARATOR = '=== rollproof ';

/** Every file that is held on a node, as it is now. */
async function contents(
  node: string,
  logs: Held[],
  { cluster, namespace }: LogOptions,
): Promise<{ log: Held; content: string }[]> {
  const script = `cd ${folderOf(namespace)} 2>/dev/null && for f in *; do echo; echo "${SEPARATOR}$f"; cat "$f"; done; echo; echo "${SEPARATOR}end"`;
  const text = await cluster.exec(['sh', '-c', script], node);
  return `\n${text}`
    .split(`\n${SEPARATOR}`)
    .slice(1)
    .flatMap((part) => {
      const end = part.indexOf('\n');
      const log = logs.find((one) => fileOf(one) === part.slice(0, end));
      return log === undefined ? [] : [{ log, content: part.slice(end + 1) }];
    });
}

/** Reads what is new. What does not work is left for the next time, and remembered. */
async function read(node: string, logs: Held[], options: LogOptions): Promise<void> {
  const { clock, append } = options;
  const readAt = clock.now();
  let all: Awaited<ReturnType<typeof contents>>;
  try {
    all = await contents(node, logs, options);
  } catch (error) {
    for (const log of logs) log.failure = `it could not be read: ${firstLine(error)}`;
    return;
  }
  for (const { log, content } of all) {
    // Whole lines only: the rest is read the next time.
    const upTo = content.lastIndexOf('\n') + 1;
    for (const line of content.slice(log.read, upTo).split('\n')) {
      const observation = parseEvidence(withoutPrefix(line), log.pod, clock);
      if (observation !== undefined) append(observation);
    }
    log.read = Math.max(log.read, upTo);
    log.bytes = Buffer.byteLength(content);
    log.readAt = readAt;
    log.failure = undefined;
  }
}

/** Sizes before they are read, so that more than that is read where a log still grows. */
async function listing(node: string, { cluster, namespace }: LogOptions): Promise<string> {
  const script = `stat -c '%i %s %n' ${folderOf(namespace)}/* /var/log/pods/${plain(namespace)}_*/*/* 2>/dev/null; grep -s ^containerLogMaxSize: ${KUBELET}; true`;
  return cluster.exec(['sh', '-c', script], node).catch(() => '');
}

const KUBELET = '/var/lib/kubelet/config.yaml';

type Account = Omit<Extract<NewObservation, { type: 'log' }>, 'type' | 't'>;

function account(log: Held, { entry, paths, limit }: ReturnType<typeof readListing>, namespace: string): Account {
  const source = logPath(namespace, log);
  const rotated = log.rotated || paths.some((path) => path.startsWith(`${source}.`));
  const file = { held: entry(`${folderOf(namespace)}/${fileOf(log)}`), current: entry(source), rotated };
  const reason = log.failure ?? missing(file, log.bytes, limit);
  const { pod, name: container, started, ended, gone = Number.POSITIVE_INFINITY, readAt = started } = log;
  // Whole seconds from the kubelet: its end lies up to one later.
  const until = Math.min(readAt, ended === undefined ? gone : ended + 1e9);
  return { pod, container, from: started, until, whole: reason === undefined, ...(reason ? { reason } : {}) };
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message.split('\n')[0] : String(error));

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
