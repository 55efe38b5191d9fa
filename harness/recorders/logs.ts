import { createInterface } from 'node:readline';
import type { KubeApi } from '../cluster/api.ts';
import type { NewObservation, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';

export interface LogOptions {
  api: KubeApi;
  namespace: string;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedLogs {
  /** To be shown every observation: it follows each container as soon as a watch says that it runs. */
  see(observation: Observation): void;
  /** Ends the followers; what they had not yet read of a container that still runs is read up to now. */
  stop(): Promise<void>;
}

/**
 * Follows the log of every container of the namespace's pods and writes down the evidence lines of the sample services
 * (JSON objects with a `rollproof` field). Other lines are the service's own business and stay in the cluster.
 */
export function startLogs(options: LogOptions): StartedLogs {
  const followed = new Map<string, Promise<void>>();
  const controller = new AbortController();
  return {
    see(observation) {
      if (observation.type !== 'object' || observation.kind !== 'Pod' || controller.signal.aborted) return;
      const status = observation.object.status as PodStatus | undefined;
      for (const container of status?.containerStatuses ?? []) {
        const started = container.containerID && (container.state?.running ?? container.state?.terminated);
        if (!started || followed.has(container.containerID!)) continue;
        const source = { pod: observation.name, container: container.name };
        followed.set(container.containerID!, follow(source, options, controller.signal));
      }
    },
    async stop() {
      // Give lines that are on their way a moment: the kubelet forwards them at its own pace.
      await new Promise((resolve) => setTimeout(resolve, 500));
      controller.abort();
      await Promise.all(followed.values());
    },
  };
}

interface PodStatus {
  containerStatuses?: { name: string; containerID?: string; state?: { running?: object; terminated?: object } }[];
}

async function follow(
  { pod, container }: { pod: string; container: string },
  { api, namespace, clock, append }: LogOptions,
  signal: AbortSignal,
): Promise<void> {
  const from = clock.now();
  try {
    const response = await api.open(
      `/api/v1/namespaces/${namespace}/pods/${pod}/log`,
      { container, follow: 'true' },
      signal,
    );
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      const observation = parseEvidence(line, pod, clock);
      if (observation !== undefined) append(observation);
    }
  } catch (error) {
    if (signal.aborted) return;
    const t = clock.now();
    append({ type: 'gap', t, source: `logs:${pod}/${container}`, from, to: t, reason: String(error) });
  }
}

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
