import { fenceposts } from '../checks/fenceposts.ts';
import { endOf, type PodLife, podLives } from '../history/pod-lives.ts';
import { type DeploymentState, replay } from '../history/replay.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';

/** What the rules look things up in: joined once for a scenario. */
export interface Context {
  pods: PodLife[];
  byName: Map<string, PodLife>;
  /** Pod whose log has the request's id. */
  handledBy: Map<string, string>;
  /** Pods that handled requests well after SIGTERM: their accept loop worked. */
  handledInDrain: Set<string>;
  /**
   * By uid, when the proxy had surely taken a pod out: a pod that came into the slice after that removal had answered a
   * new connection, and a proxy takes up a slice as a whole.
   */
  proxyForgot: Map<string, Nanos>;
  /** The service logs evidence, so that a missing line means something. */
  logs: boolean;
  deployment: DeploymentState | undefined;
  /** R − U. */
  floor: number;
  /** Ready endpoints of the Service from each change on, ascending. */
  endpoints: { t: Nanos; ready: number }[];
  /** The pod on whose connection a reused request of a kept lane went: that of the answer before it there. */
  connectionPod(request: RequestSeen): string | undefined;
}

export function contextOf(history: ScenarioHistory): Context {
  const pods = podLives(history);
  const handledBy = new Map<string, string>();
  for (const one of history.observations) {
    if (one.type === 'server' && one.event === 'handled' && one.request !== undefined)
      handledBy.set(one.request, one.pod);
  }
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const handledInDrain = new Set<string>();
  for (const one of history.observations) {
    if (one.type !== 'server' || one.event !== 'handled') continue;
    const sigterm = byName.get(one.pod)?.sigterm;
    // Worker threads may finish what they had already accepted: half a second is theirs.
    if (sigterm !== undefined && one.t > sigterm + 0.5e9 && one.t < sigterm + 4e9) handledInDrain.add(one.pod);
  }
  let deployment: DeploymentState | undefined;
  const endpoints: Context['endpoints'] = [];
  for (const moment of replay(history)) {
    deployment = moment.deployment ?? deployment;
    const ready = [...moment.endpoints.values()].filter((one) => one.ready).length;
    if (endpoints.at(-1)?.ready !== ready) endpoints.push({ t: moment.t, ready });
  }
  const floor = deployment === undefined ? 0 : deployment.replicas - fenceposts(deployment).unavailable;
  return {
    pods,
    byName,
    handledBy,
    handledInDrain,
    proxyForgot: forgotten(pods, byName, history.requests),
    logs: history.started?.logsRequestIds ?? false,
    deployment,
    floor,
    endpoints,
    connectionPod: connections(history.requests),
  };
}

function forgotten(pods: PodLife[], byName: Map<string, PodLife>, requests: RequestSeen[]): Map<string, Nanos> {
  const fresh = requests.filter(({ reused, pod, lane }) => !reused && pod !== '' && lane !== 'control');
  const forgot = new Map<string, Nanos>();
  for (const { uid, endpointRemoved } of pods) {
    if (endpointRemoved === undefined) continue;
    const proof = fresh.find(
      ({ t, pod }) => t > endpointRemoved && (byName.get(pod)?.endpointReady ?? 0) > endpointRemoved,
    );
    if (proof !== undefined) forgot.set(uid, proof.t);
  }
  return forgot;
}

/** k6 keeps one connection for each VU of a kept lane, and the request's id names the VU ("kept-post-41-8"). */
function connections(requests: RequestSeen[]): (request: RequestSeen) => string | undefined {
  const byUser = new Map<string, RequestSeen[]>();
  for (const request of requests) {
    const user = userOf(request);
    const list = byUser.get(user) ?? [];
    list.push(request);
    byUser.set(user, list);
  }
  return (request) => {
    if (!request.reused) return undefined;
    const before = byUser.get(userOf(request))?.filter(({ t, pod }) => t < request.t && pod !== '');
    return before?.at(-1)?.pod;
  };
}

const userOf = ({ request }: RequestSeen) => request.replace(/-\d+$/, '');

/** How far a client's and a server's stamps of one event lie apart at most: the exit is logged before the process ends. */
export const SLACK: Nanos = 1.5e9;

/** The request ended as this pod's process did. */
export function endedWith(request: RequestSeen, pod: PodLife): boolean {
  const end = endOf(pod);
  if (end === undefined) return false;
  // Whole seconds from the kubelet: the real instant lies up to one later.
  return request.end >= end - 0.2e9 && request.end <= end + SLACK;
}

export function readyEndpointsAt({ endpoints }: Context, t: Nanos): number | undefined {
  return endpoints.findLast((one) => one.t <= t)?.ready;
}
