import type { StartedCluster } from '../cluster/kind.ts';
import type { Nanos, NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { SERVICES, type ServiceEnd, serviceEnds } from './service-lines.ts';

export interface NodeServiceOptions {
  cluster: Pick<StartedCluster, 'exec' | 'nodes'>;
  clock: Clock;
  append(observation: NewObservation): void;
}

/**
 * A kubelet that has come back looks at each of its pods anew, and says of one that was ready all the time that it is not,
 * until its first probe (seen: for 80 ms, 0.9 s after a kubelet was killed). It takes seconds to begin, and that probe
 * comes within a period, which is 10 s by default.
 */
const LOOKS_ANEW: Nanos = 15e9;

/**
 * Whether a node's kubelet and its container runtime ran on, by systemd's journal there. Where one did not, what is seen of
 * its pods is a fault of the machine.
 *
 * @returns what reads the journals since now. To be called once, at the end. A journal that can't be read is a gap of
 *   `services:<node>`.
 */
export function startNodeServices({ cluster, clock, append }: NodeServiceOptions): () => Promise<void> {
  const began = clock.now();
  const from = Math.floor(Date.parse(clock.epoch) / 1000 + began / 1e9);

  async function collect(node: string): Promise<void> {
    let journal: string;
    try {
      journal = await cluster.exec(reading(from), node);
    } catch (error) {
      const reason = `its journal could not be read: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
      append({ type: 'gap', t: clock.now(), source: `services:${node}`, from: began, to: clock.now(), reason });
      return;
    }
    for (const end of serviceEnds(journal, clock)) {
      // The journal is asked for by whole seconds.
      if ((end.back ?? began) < began) continue;
      append({
        type: 'fault',
        t: clock.now(),
        source: end.service,
        from: end.from ?? began,
        to: end.back === undefined ? clock.now() : end.back + LOOKS_ANEW,
        detail: tell(end, node),
      });
    }
  }

  return async () => void (await Promise.all(cluster.nodes.map(collect)));
}

function tell({ from, back, how }: ServiceEnd, node: string): string {
  const ended = `it ended on ${node}${how === '' ? '' : ` (${how})`}`;
  if (back === undefined) return `${ended} and did not come back`;
  if (from === undefined) return `${node} was started again`;
  return `${ended}, came back ${((back - from) / 1e9).toFixed(1)} s later, and looked at its pods anew`;
}

/** What systemd itself says (_PID=1) of them. */
const reading = (unixSeconds: number): string[] => [
  'journalctl',
  '-q',
  '-o',
  'json',
  '--output-fields=UNIT,MESSAGE,MESSAGE_ID',
  `--since=@${unixSeconds}`,
  ...SERVICES.flatMap((service, index) => [...(index === 0 ? [] : ['+']), '_PID=1', `UNIT=${service}.service`]),
];
