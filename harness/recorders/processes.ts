import type { StartedCluster } from '../cluster/kind.ts';
import type { NewObservation, Observation } from '../history/types.ts';
import type { Clock } from './clock.ts';

export interface ProcessOptions {
  cluster: Pick<StartedCluster, 'exec'>;
  clock: Clock;
  append(observation: NewObservation): void;
}

export interface StartedProcesses {
  /** To be shown every observation. */
  see(observation: Observation): void;
  /** Resolves when every look that was begun has ended. */
  finish(): Promise<void>;
}

/**
 * Looks at the first process of each container: when its pod is called ready, and again when the pod is being deleted
 * (by then an application has installed what handlers it has; but one that ends at once is gone before anyone can look).
 * Whether it catches SIGTERM decides whether it ever hears of it: the kernel drops a signal to the first process of a PID
 * namespace that has no handler (pid_namespaces(7)).
 */
export function startProcesses({ cluster, clock, append }: ProcessOptions): StartedProcesses {
  const looked = new Set<string>();
  const looking = new Set<Promise<void>>();

  async function look(pod: string, node: string, containers: Map<string, string>): Promise<void> {
    try {
      const text = await cluster.exec(['sh', '-c', script([...containers.keys()])], node);
      const t = clock.now();
      for (const { id, command, catchesSigterm } of parseProcesses(text)) {
        append({ type: 'process', t, pod, container: containers.get(id) ?? '', command, catchesSigterm });
      }
    } catch (error) {
      const t = clock.now();
      const reason = `its first process could not be looked at: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
      append({ type: 'gap', t, source: `runtime:${pod}`, from: t, to: t, reason });
    }
  }

  return {
    see(observation) {
      if (observation.type !== 'object' || observation.kind !== 'Pod' || observation.verb === 'deleted') return;
      const { uid, name, object } = observation;
      const { node, ready, containers } = shape(object);
      const when = object.metadata?.deletionTimestamp !== undefined ? 'deleted' : ready ? 'ready' : undefined;
      if (when === undefined || node === '' || containers.size === 0 || looked.has(`${uid} ${when}`)) return;
      looked.add(`${uid} ${when}`);
      const work: Promise<void> = look(name, node, containers).finally(() => looking.delete(work));
      looking.add(work);
    },
    async finish() {
      await Promise.all(looking);
    },
  };
}

function shape(object: object): { node: string; ready: boolean; containers: Map<string, string> } {
  const { spec, status } = object as {
    spec?: { nodeName?: string };
    status?: {
      conditions?: { type: string; status: string }[];
      containerStatuses?: { name: string; containerID?: string; state?: { running?: object } }[];
    };
  };
  const running = (status?.containerStatuses ?? []).filter(({ state }) => state?.running !== undefined);
  return {
    node: spec?.nodeName ?? '',
    ready: status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false,
    containers: new Map(running.map(({ name, containerID = '' }) => [containerID.replace(/^.*:\/\//, ''), name])),
  };
}

/** containerd's shim writes the first process's number, as the node counts, beside the container's bundle. */
const PID_FILE = '/run/containerd/io.containerd.runtime.v2.task/k8s.io/$id/init.pid';

/** Ids are hexadecimal: nothing that a shell could take for more. One that is gone prints nothing. */
function script(ids: string[]): string {
  const safe = ids.filter((id) => /^[0-9a-f]+$/.test(id));
  return `for id in ${safe.join(' ')}; do p=$(cat "${PID_FILE}" 2>/dev/null) && echo "container $id" && grep -E '^(Name|SigBlk|SigCgt):' /proc/$p/status 2>/dev/null && echo "Syscall: $(cut -d' ' -f1 /proc/$p/syscall 2>/dev/null)"; done; true`;
}

export interface FirstProcess {
  id: string;
  /** The name that the kernel has for it, 15 characters at most. */
  command: string;
  catchesSigterm: boolean;
}

const SIGTERM = 15;

/** rt_sigtimedwait(2), by which sigwait(3) waits: its number on x86-64, and on arm64. */
const WAITS_FOR_SIGNALS: readonly string[] = ['128', '137'];

/**
 * Reads `container ID` lines, each followed by Name, SigBlk and SigCgt as in proc_pid_status(5), and the number of the system call
 * that it is in. An init (tini) has no handler and hears SIGTERM all the same: it blocks it and waits for it; while it waits,
 * it is not even blocked. So does what reads it from a signalfd(2).
 */
export function parseProcesses(text: string): FirstProcess[] {
  return text
    .split(/^container /m)
    .slice(1)
    .flatMap((part) => {
      const [id = ''] = part.split('\n');
      const [, command] = /^Name:\s*(.*)$/m.exec(part) ?? [];
      const has = (field: string) => {
        const [, mask] = new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(part) ?? [];
        return mask === undefined ? undefined : ((BigInt(`0x${mask}`) >> BigInt(SIGTERM - 1)) & 1n) === 1n;
      };
      const [, call = ''] = /^Syscall:\s*(\d+)$/m.exec(part) ?? [];
      const caught = has('SigCgt');
      if (command === undefined || caught === undefined) return [];
      const catchesSigterm = caught || has('SigBlk') === true || WAITS_FOR_SIGNALS.includes(call);
      return [{ id: id.trim(), command, catchesSigterm }];
    });
}
