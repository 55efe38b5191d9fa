import type { StartedCluster } from '../cluster/kind.ts';
import type { NodeStream } from '../cluster/node-stream.ts';
import type { Nanos, NewObservation, ObjectSeen, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { type NewProbe, probeConfig, readProbe, thinning } from './probe-calls.ts';

export interface ProbeOptions {
  cluster: Pick<StartedCluster, 'stream'>;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedProbes {
  /** To be shown every observation: it calls a pod from when its container runs until the pod is gone. */
  see(observation: Observation): void;
  /** Ends all calls; nothing is written afterwards. More than once does no harm. */
  stop(): Promise<void>;
}

/**
 * Calls the readiness endpoint of each pod directly, from the pod's own node: the kubelet tells of what its probes saw
 * only where the condition changes, and of a flip back and forth not even then. Calls are stamped when their answer
 * has come. A span without any call of a pod is a gap of `probes:<pod>`.
 *
 * One shell on each node runs one curl for each pod: a `docker exec` of its own for each would cost far more than curl.
 * Of many pods only some are called at a time (`MOST`): these calls are evidence beside the floor, and a machine that is
 * busy with them would be part of what is measured.
 */
export function startProbes({ cluster, clock, append }: ProbeOptions): StartedProbes {
  const shells = new Map<string, NodeStream>();
  const called = new Map<number, Called>();
  const keys = new Map<string, number>();
  /** Pods that are not called, by uid, since when. */
  const left = new Map<string, { pod: string; since: Nanos }>();
  let stopping: Promise<void> | undefined;

  function begin({ uid, name, object }: ObjectSeen): void {
    const node = (object.spec as { nodeName?: string } | undefined)?.nodeName;
    const key = keys.size;
    const config = probeConfig(object, key, rateFor(called.size + 1));
    if (node === undefined || config === undefined) return;
    if (called.size >= MOST) {
      if (!left.has(uid)) left.set(uid, { pod: name, since: clock.now() });
      return;
    }
    passOver(uid);
    keys.set(uid, key);
    called.set(key, { pod: name, node, last: clock.now(), thin: thinning() });
    shellOf(node).write(`start ${key} ${Buffer.from(config).toString('base64')}`);
  }

  function shellOf(node: string): NodeStream {
    const shell = shells.get(node) ?? cluster.stream(['sh', '-c', SHELL], node, hear);
    shells.set(node, shell);
    return shell;
  }

  function hear(line: string, from: 'stdout' | 'stderr'): void {
    const said = from === 'stdout' ? readProbe(line) : undefined;
    const pod = said && called.get(said.key);
    // A pod that is gone may have had a call under way.
    if (said === undefined || pod === undefined || stopping !== undefined) return;
    const { key: _, ...outcome } = said;
    const probe: NewProbe = { type: 'probe', t: clock.now(), pod: pod.pod, ...outcome };
    silence(pod, probe.t);
    pod.last = probe.t;
    for (const one of pod.thin(probe)) append(one);
  }

  function silence({ pod, last }: Called, t: Nanos): void {
    if (t - last <= SILENT) return;
    append({ type: 'gap', t, source: `probes:${pod}`, from: last, to: t, reason: 'no direct call of it came back' });
  }

  /** It is called from now on, or gone: until now it was not. */
  function passOver(uid: string): void {
    const one = left.get(uid);
    if (one === undefined) return;
    left.delete(uid);
    const [source, t] = [`probes:${one.pod}`, clock.now()];
    append({ type: 'gap', t, source, from: one.since, to: t, reason: `it was not called: ${MOST} pods were` });
  }

  function end(key: number): void {
    const pod = called.get(key);
    if (pod === undefined) return;
    silence(pod, clock.now());
    called.delete(key);
    shells.get(pod.node)?.write(`stop ${key}`);
  }

  return {
    see(observation) {
      if (observation.type !== 'object' || observation.kind !== 'Pod' || stopping !== undefined) return;
      const key = keys.get(observation.uid);
      if (observation.verb === 'deleted') {
        passOver(observation.uid);
        end(key ?? -1);
      } else if (key === undefined) begin(observation);
    },
    stop() {
      if (stopping === undefined) {
        for (const uid of [...left.keys()]) passOver(uid);
        for (const pod of called.values()) silence(pod, clock.now());
      }
      stopping ??= Promise.all([...shells.values()].map((shell) => shell.close())).then(() => {});
      return stopping;
    },
  };
}

interface Called {
  pod: string;
  node: string;
  /** When the last call came back; when the calls began, before there is one. */
  last: Nanos;
  thin: (probe: NewProbe) => NewProbe[];
}

/** A call takes one second at most, and there is one a second at least. */
const SILENT: Nanos = 3e9;

/** Pods that are called at a time. */
const MOST = 40;

/** Calls a second: of one pod where there are few, of all pods together where there are many, and of each at least. */
const RATE = { one: 4, all: 40, least: 1 };

const rateFor = (pods: number): number => Math.max(RATE.least, Math.min(RATE.one, Math.floor(RATE.all / pods)));

/**
 * Reads "start KEY CONFIG" and "stop KEY". stdbuf, because curl's output to a pipe would wait for a full buffer. At the
 * end of stdin it ends with all that it started: docker exec gives it a process group of its own.
 */
const SHELL = `
while read -r verb key config; do
  case $verb in
    start) echo "$config" | base64 -d | stdbuf -oL curl --config - & eval "pid_$key=$!" ;;
    stop) eval "kill \\$pid_$key" ;;
  esac
done
kill 0
`;
