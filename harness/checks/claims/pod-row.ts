import type { KubeObject } from '../../history/types.ts';

/** What `kubectl get pods` shows of a pod, without the times. */
export interface PodRow {
  /** "1/1" */
  ready: string;
  status: string;
  restarts: number;
}

/**
 * A pod's row as the apiserver makes it for kubectl, for pods without init containers: `printPod` in
 * pkg/printers/internalversion/printers.go.
 */
export function podRow({ metadata, spec, status }: KubeObject): PodRow {
  const { phase = '', reason = '', containerStatuses = [], conditions = [] } = (status ?? {}) as PodStatus;
  const { containers = [] } = (spec ?? {}) as { containers?: object[] };
  let shown = reason || phase;
  let ready = 0;
  // From the last to the first, so that the first one's reason is what is shown.
  for (const container of containerStatuses.toReversed()) {
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) shown = waiting.reason;
    else if (terminated !== undefined) shown = endOf(terminated);
    else if (container.ready && running !== undefined) ready += 1;
  }
  const isReady = conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  if (shown === 'Completed' && ready > 0) shown = isReady ? 'Running' : 'NotReady';
  if (metadata?.deletionTimestamp !== undefined) {
    if (reason === 'NodeLost') shown = 'Unknown';
    else if (phase !== 'Succeeded' && phase !== 'Failed') shown = 'Terminating';
  }
  const restarts = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  return { ready: `${ready}/${containers.length}`, status: shown, restarts };
}

/** A line that kubectl printed; undefined where it is none of a pod. */
export function readRow(line: string): { pod: string; row: PodRow } | undefined {
  const [, pod, ready, status, restarts] =
    /^(\S+)\s+(\d+\/\d+)\s+(\S+)\s+(\d+)(?: \([^)]*\))?\s+\S+\s*$/.exec(line) ?? [];
  if (pod === undefined) return undefined;
  return { pod, row: { ready: ready!, status: status!, restarts: Number(restarts) } };
}

interface PodStatus {
  phase?: string;
  reason?: string;
  conditions?: { type: string; status: string }[];
  containerStatuses?: {
    ready: boolean;
    restartCount: number;
    state?: { waiting?: { reason?: string }; terminated?: Terminated; running?: object };
  }[];
}

interface Terminated {
  reason?: string;
  signal?: number;
  exitCode: number;
}

function endOf({ reason, signal, exitCode }: Terminated): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}
