import type { PodLife } from '../history/pod-lives.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { FlowSeen, Nanos, RequestSeen } from '../history/types.ts';
import { beganReused } from './phase.ts';

/** What the node's connection tracking says of requests: which pod the proxy chose for each connection. */
export interface Flows {
  /** Connections were tracked, no event was lost, and at this instant they were stamped in time. */
  reliableAt(t: Nanos): boolean;
  /** The connections that a request may have opened, or that it went over: one where it is known which. */
  of(request: RequestSeen): FlowSeen[];
  podOf(flow: FlowSeen): PodLife | undefined;
}

/**
 * How far conntrack's stamp of a connection's first packet lies behind k6's start of the request, at most, as long as
 * both get a processor. Where they don't, the stamp is later, because the tool stamps what it receives.
 */
export const STAMP_ERROR: Nanos = 15e6;

/** A request answered so near in time whose flow was stamped in time shows that stamps can be relied on. */
const NEARBY: Nanos = 300e6;

/**
 * Joins requests with flows. A request whose local port is known has the last flow of that port. One without opened its
 * connection at about its start: the flows of that time which no other request claims; the answered requests claim first,
 * because their pod is known.
 */
export function joinFlows(history: ScenarioHistory, pods: PodLife[]): Flows {
  const fresh = history.observations
    .filter((one): one is FlowSeen => one.type === 'flow' && one.event === 'new')
    .sort((a, b) => a.t - b.t);
  const byPort = new Map<number, FlowSeen[]>();
  for (const flow of fresh) byPort.set(flow.clientPort, [...(byPort.get(flow.clientPort) ?? []), flow]);
  const podOf = (flow: FlowSeen) => livingAt(pods, flow);
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const claimed = new Set<FlowSeen>();
  const byRequest = new Map<string, FlowSeen>();
  const timelyStarts = new Set<Nanos>();

  const judged = history.requests.filter(({ lane }) => lane !== 'control');
  for (const request of judged) {
    const flow = flowOfPort(request, byPort);
    if (flow === undefined) continue;
    byRequest.set(request.id, flow);
    claimed.add(flow);
  }
  for (const request of judged) {
    const ip = byName.get(request.pod)?.ip;
    if (ip === undefined || beganReused(request) || byRequest.has(request.id)) continue;
    const nearest = opened(fresh, request)
      .filter((flow) => flow.pod === ip && !claimed.has(flow))
      .sort((a, b) => Math.abs(a.t - request.t) - Math.abs(b.t - request.t))[0];
    if (nearest === undefined) continue;
    timelyStarts.add(request.t);
    byRequest.set(request.id, nearest);
    claimed.add(nearest);
  }
  const whole = fresh.length > 0 && !history.observations.some((one) => one.type === 'gap' && one.source === 'flows');
  const timely = [...timelyStarts].sort((a, b) => a - b);
  return {
    reliableAt: (t) => whole && timely.some((one) => Math.abs(one - t) <= NEARBY),
    podOf,
    of(request) {
      const known = byRequest.get(request.id);
      if (known !== undefined) return [known];
      return beganReused(request) ? [] : opened(fresh, request).filter((flow) => !claimed.has(flow));
    },
  };
}

/** The connections that began as the request did: a new connection is dialled at once. */
const opened = (flows: FlowSeen[], { t }: RequestSeen) => between(flows, t - STAMP_ERROR, t + STAMP_ERROR);

function flowOfPort({ localPort, end }: RequestSeen, byPort: Map<number, FlowSeen[]>): FlowSeen | undefined {
  if (localPort === undefined) return undefined;
  return byPort.get(localPort)?.findLast((flow) => flow.t <= end + STAMP_ERROR);
}

/** Addresses are used again: of the pods that ever had it, the one that was there. */
function livingAt(pods: PodLife[], { pod, t }: FlowSeen): PodLife | undefined {
  const had = pods.filter((one) => one.ip === pod && one.seen <= t);
  return had.findLast(({ gone }) => gone === undefined || t <= gone + LINGERING) ?? had.at(-1);
}

/** A proxy that lags behind still sends to a pod that is gone. */
const LINGERING: Nanos = 30e9;

/** Of a list sorted by time, what lies in [from, to]. */
function between(flows: FlowSeen[], from: Nanos, to: Nanos): FlowSeen[] {
  let [low, high] = [0, flows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (flows[middle]!.t < from) low = middle + 1;
    else high = middle;
  }
  const found: FlowSeen[] = [];
  for (let i = low; i < flows.length && flows[i]!.t <= to; i += 1) found.push(flows[i]!);
  return found;
}
