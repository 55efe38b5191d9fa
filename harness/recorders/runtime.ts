import type { StartedCluster } from '../cluster/kind.ts';
import type { Nanos, NewObservation, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { type ContainerSeen, containersOf } from './containers.ts';
import { type RuntimeLine, readRuntimeLine } from './runtime-lines.ts';

export interface RuntimeOptions {
  cluster: Pick<StartedCluster, 'exec'>;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedRuntime {
  /** To be shown every observation: it learns from the watches whose container is whose. */
  see(observation: Observation): void;
  /** Reads each node's journal since this recorder began. To be called once, at the end. */
  collect(): Promise<void>;
}

/**
 * What the container runtime did, from containerd's own log on each node: instants that no watch and no kubelet event
 * has. A container that never came into its pod's status is left out. What the journal should tell of and does not is a
 * gap of `runtime:<node>`.
 */
export function startRuntime({ cluster, clock, append }: RuntimeOptions): StartedRuntime {
  const began = clock.now();
  const known = new Map<string, ContainerSeen>();
  const gone = new Map<string, Nanos>();

  async function collectNode(node: string, containers: ContainerSeen[]): Promise<void> {
    const gap = (from: Nanos, reason: string) =>
      append({ type: 'gap', t: clock.now(), source: `runtime:${node}`, from, to: clock.now(), reason });
    let journal: string;
    try {
      journal = await cluster.exec(['sh', '-c', reading(Date.parse(clock.epoch) / 1000 + began / 1e9)], node);
    } catch (error) {
      gap(began, `containerd's journal could not be read: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const told = new Map<string, RuntimeLine>();
    for (const line of journal.split('\n')) {
      const said = readRuntimeLine(line, clock);
      // containerd tells of an end once more where it could not handle it at first.
      if (said !== undefined && known.has(said.containerId) && !told.has(keyOf(said))) told.set(keyOf(said), said);
    }
    for (const said of [...told.values()].sort((a, b) => a.t - b.t)) {
      const { pod, name: container } = known.get(said.containerId)!;
      append({ type: 'container', pod, container, ...said });
    }
    for (const { id: containerId, pod, podUid, name, started, ended = gone.get(podUid) } of containers) {
      if (started >= began && !told.has(keyOf({ containerId, event: 'started' })))
        gap(started, `containerd's journal does not tell of the start of ${pod}/${name}`);
      if (ended !== undefined && ended >= began && !told.has(keyOf({ containerId, event: 'exit' })))
        gap(ended, `containerd's journal does not tell of the end of ${pod}/${name}`);
    }
  }

  return {
    see(observation) {
      if (observation.type === 'object' && observation.verb === 'deleted') gone.set(observation.uid, observation.t);
      for (const container of containersOf(observation, clock)) known.set(container.id, container);
    },
    async collect() {
      for (const node of new Set([...known.values()].map((one) => one.node)))
        await collectNode(
          node,
          [...known.values()].filter((one) => one.node === node),
        );
    },
  };
}

const keyOf = ({ containerId, event }: Pick<RuntimeLine, 'containerId' | 'event'>): string => `${event} ${containerId}`;

/** Messages alone: each has containerd's own stamp. The journal may be a little behind what was written to it. */
const reading = (unixSeconds: number): string =>
  `journalctl --sync; journalctl -q -u containerd -o cat --since=@${Math.floor(unixSeconds)}`;
