import type { PodLife } from '../../history/pod-lives.ts';
import { ofType, type ScenarioHistory } from '../../history/select.ts';
import type { FlowSeen, RequestSeen } from '../../history/types.ts';
import { podBefore } from '../connections.ts';

/**
 * The name of the pod that a request went to: by its answer, by that pod's log, by the node's connection tracking where
 * the client's port is known, or by the answer before it on its connection. Undefined where nothing says.
 */
export function ledTo(history: ScenarioHistory, pods: PodLife[]): (request: RequestSeen) => string | undefined {
  const before = podBefore(history);
  const logged = new Map<string, string>();
  for (const { request, pod } of ofType(history, 'server')) if (request !== undefined) logged.set(request, pod);
  const opened = ofType(history, 'flow').filter(({ event }) => event === 'new');
  const byPort = Map.groupBy(opened, ({ clientPort }) => clientPort);
  return (request) => {
    const { pod, localPort, reused, end } = request;
    if (pod !== '') return pod;
    const log = logged.get(request.request);
    if (log !== undefined) return log;
    const flow = byPort.get(localPort ?? -1)?.findLast(({ t }) => t <= end);
    if (flow !== undefined) return ownerOf(flow, pods);
    return reused ? before(request) : undefined;
  };
}

/** Addresses are used again: of the pods that had it by then, the last one. */
export const ownerOf = ({ pod, t }: FlowSeen, pods: PodLife[]): string | undefined =>
  pods.filter(({ ip, ipSince, seen }) => ip === pod && (ipSince ?? seen) <= t).at(-1)?.name;
