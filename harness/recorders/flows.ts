import { isIPv6 } from 'node:net';
import type { StartedCluster } from '../cluster/kind.ts';
import type { Nanos, NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { type NewFlow, readFlow } from './flow-lines.ts';
import { plain } from './plain.ts';

export interface FlowOptions {
  cluster: Pick<StartedCluster, 'exec' | 'stream'>;
  /** The node in whose network the clients run. */
  node: string;
  /** Address of the Service, as clients call it. */
  service: string;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedFlows {
  /** Ends the recording and writes down what it saw. More than once does no harm. */
  stop(): Promise<void>;
}

/**
 * Records the connections to a Service from its node's connection tracking, and returns once it listens. The events go
 * to files on the node, each with the tool's own stamp, and are read when it stops: handed over one by one they would
 * cost more than all of the load. Lost events and an early end are gaps, of `flows` for new connections and of
 * `flows:closed` for resets.
 */
export async function startFlows({ cluster, node, service, clock, append }: FlowOptions): Promise<StartedFlows> {
  const began = clock.now();
  const said: { t: Nanos; group: string; text: string }[] = [];
  let listened = false;
  let stopping: Promise<void> | undefined;

  const { promise: listening, resolve: goOn } = Promise.withResolvers<void>();
  const trackers = cluster.stream(['sh', '-c', recording(service)], node, (line) => {
    if (line === LISTENING) {
      listened = true;
      goOn();
      return;
    }
    const [, group = '', text = line] = /^(NEW|UPDATES) (.*)$/.exec(line) ?? [];
    if (stopping === undefined) said.push({ t: clock.now(), group, text });
  });
  void trackers.ended.then((code) => {
    if (stopping === undefined) said.push({ t: clock.now(), group: '', text: `${ENDED} with its shell (${code})` });
    goOn();
  });
  const giveUp = setTimeout(goOn, LISTEN_BUDGET_MS);
  await listening;
  clearTimeout(giveUp);

  async function finish(): Promise<void> {
    await trackers.close();
    const ended = clock.now();
    const gap = (source: string, from: Nanos, to: Nanos, reason: string) =>
      append({ type: 'gap', t: clock.now(), source, from, to, reason });
    let lines: string[];
    try {
      lines = (await cluster.exec(['sh', '-c', reading(service)], node)).split('\n').filter((line) => line !== '');
    } catch (error) {
      gap('flows', began, ended, `they could not be read: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const read = lines.map((line) => readFlow(line, clock));
    const flows = read.filter((one): one is NewFlow => typeof one === 'object').sort((a, b) => a.t - b.t);
    for (const flow of flows) append(flow);

    for (const { t, group, text } of said) {
      const [event, source] = group === 'UPDATES' ? ['closed', 'flows:closed'] : ['new', 'flows'];
      const before = flows.findLast((flow) => flow.event === event && flow.t <= t)?.t ?? began;
      if (text.includes('ENOBUFS')) gap(source, before, t + DRAINED, `conntrack lost events: ${text}`);
      if (text.startsWith(ENDED) && listened)
        gap(source, before, ended, `conntrack ${text} early${lastWords(said, group)}`);
    }
    if (!listened) gap('flows', began, ended, `conntrack did not come to listen${lastWords(said)}`);
    else if (!flows.some(({ event }) => event === 'new')) gap('flows', began, ended, 'not one connection was seen');
    const unreadable = lines.filter((_, index) => read[index] === 'unreadable');
    if (unreadable.length > 0)
      gap('flows', began, ended, `${unreadable.length} lines could not be read, the first: ${unreadable[0]}`);
  }

  return {
    stop() {
      stopping ??= finish();
      return stopping;
    },
  };
}

function lastWords(said: { group: string; text: string }[], group?: string): string {
  const last = said.findLast((one) => (group === undefined || one.group === group) && !one.text.startsWith(ENDED));
  return last === undefined ? '' : `: ${last.text}`;
}

/** It takes milliseconds; a node that hangs must not hold up the run. */
const LISTEN_BUDGET_MS = 10_000;

/** After an overrun the kernel drops events until the tool has emptied its buffer: it takes a fraction of this. */
const DRAINED: Nanos = 1e9;

const LISTENING = 'listening';
const ENDED = 'ended';

export const filesOf = (service: string): string => `/var/log/rollproof/flows-${plain(service)}`;

/**
 * Runs conntrack until stdin ends, and says so once its sockets have joined their groups: from then on it misses nothing.
 *
 * Their buffers hold no more than 160 events each: conntrack 1.4.7 and 1.4.8 set what `-b` asks for on another socket.
 * Hence one process for each kind of event, none for the DESTROY that the kernel sends for hundreds of connections at
 * once, and a priority above all else on the node.
 */
const recording = (service: string): string => `
trap '' INT
mkdir -p ${filesOf(service).replace(/\/[^/]*$/, '')}
follow() {
  events=$1
  shift
  {
    nice -n -20 conntrack -E -e $events -f ${isIPv6(service) ? 'ipv6' : 'ipv4'} -p tcp --orig-dst ${service} -o timestamp,id "$@" >${filesOf(service)}.$events
    echo "${ENDED} with exit code $?"
  } 2>&1 | sed -u "s/^/$events /" &
}
follow NEW
follow UPDATES --state CLOSE
joined() { grep -q "^[^ ]* 12 .* 0000000$1 " /proc/net/netlink; }
for i in $(seq 250); do
  joined 1 && joined 2 && echo ${LISTENING} && break
  sleep 0.02
done
read -r _
kill -INT 0
wait
`;

const reading = (service: string): string =>
  `cat ${filesOf(service)}.*; status=$?; rm -f ${filesOf(service)}.*; exit $status`;
