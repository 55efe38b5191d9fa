import type { PodLife } from '../history/pod-lives.ts';
import { ofType, type ScenarioHistory } from '../history/select.ts';
import { firstFrom } from '../history/sorted.ts';
import type { FlowSeen, Nanos, RequestSeen } from '../history/types.ts';
import { beganReused } from './phase.ts';

/** What the node's connection tracking says of requests: which pod the proxy chose for each connection. */
export interface Flows {
  /** Connections were tracked, and no event was lost. */
  whole: boolean;
  /**
   * The connections that a request may have opened, or went over. One where it is known which; else all of its time that
   * no other request accounts for; none where it opened none, or went over a kept one without a known port.
   */
  of(request: RequestSeen): FlowSeen[];
  /**
   * Connections that were reset shortly before, from a port that a request without a connection of its own may have had:
   * the kernel keeps their entries for a while, and a new connection from the same port follows them, to the same pod.
   */
  stale(request: RequestSeen): FlowSeen[];
  podOf(flow: FlowSeen): PodLife | undefined;
}

/** A packet is stamped when the tool receives its event, hence later than it was sent; this much earlier is rounding. */
const EARLIER: Nanos = 5e6;
/** As long as it gets a processor, the tool is so late at most: measured, 99 of 100 within 3 ms. */
const IN_TIME: Nanos = 15e6;
/** On a machine that is busy to the brim it has been seen to be late by hundreds of milliseconds. */
const LATE: Nanos = 1.5e9;
const NEARBY: Nanos = 1e9;

/**
 * Joins requests with flows, in this order:
 *
 * 1. a request whose local port is known: the last flow of that port
 * 2. an answered request on a new connection: the first flow of its time to its pod that is not yet taken (the tool may be
 *    late, but keeps the order)
 * 3. any other request on a new connection: what is left of its time
 */
export function joinFlows(
  history: ScenarioHistory,
  pods: PodLife[],
  connectionPod: (request: RequestSeen) => string | undefined,
): Flows {
  const fresh = ofType(history, 'flow')
    .filter(({ event }) => event === 'new')
    .sort((a, b) => a.t - b.t);
  const reset = ofType(history, 'flow').filter(({ event }) => event === 'closed');
  const byPort = Map.groupBy(fresh, ({ clientPort }) => clientPort);
  const byPod = Map.groupBy(fresh, ({ pod }) => pod);
  const ips = new Map(pods.map(({ name, ip }) => [name, ip]));
  const taken = new Set<FlowSeen>();
  const known = new Map<RequestSeen, FlowSeen>();
  const take = (request: RequestSeen, flow: FlowSeen | undefined) => {
    if (flow === undefined) return;
    known.set(request, flow);
    taken.add(flow);
  };

  const judged = fresh.length === 0 ? [] : history.requests.filter(({ lane }) => lane !== 'control');
  for (const request of judged) take(request, flowOfPort(request, byPort));
  for (const request of judged) {
    const to = byPod.get(ips.get(request.pod) ?? '');
    if (to === undefined || known.has(request) || !dialled(request, connectionPod)) continue;
    const latest = beganReused(request) ? request.end : request.t + LATE;
    take(
      request,
      inclusive(to, request.t - EARLIER, latest).find((flow) => !taken.has(flow)),
    );
  }
  const pairs = judged
    .filter((request) => known.has(request))
    .map((request) => ({ t: request.t, late: beganReused(request) ? 0 : known.get(request)!.t - request.t }));
  /** How late stamps were within a second of an instant, at most, by the requests whose flows are known. */
  const latenessAt = (t: Nanos) =>
    inclusive(pairs, t - NEARBY, t + NEARBY).reduce((most, { late }) => Math.max(most, late), 0);
  return {
    whole: fresh.length > 0 && !ofType(history, 'gap').some(({ source }) => source === 'flows'),
    podOf: (flow) => livingAt(pods, flow),
    of(request) {
      const one = known.get(request);
      if (one !== undefined) return [one];
      if (beganReused(request)) return [];
      const left = (until: Nanos) =>
        inclusive(fresh, request.t - EARLIER, request.t + until).filter((flow) => !taken.has(flow));
      const soon = left(Math.max(IN_TIME, latenessAt(request.t) + EARLIER));
      return soon.length > 0 ? soon : left(LATE);
    },
    stale({ t, end }) {
      const ports = inclusive(fresh, t - PORTS_NEAR, t + PORTS_NEAR).map(({ clientPort }) => clientPort);
      const [least, most] = [Math.min(...ports) - PORTS_APART, Math.max(...ports) + PORTS_APART];
      // Where ports have just begun anew from the lowest, their range says nothing.
      if (ports.length === 0 || most - least > PORTS_WIDE) return [];
      return reset.filter(
        (one) => one.t <= end && one.t >= t - CLOSE_KEPT && one.clientPort >= least && one.clientPort <= most,
      );
    },
  };
}

/** How long the kernel keeps the entry of a connection that was reset: nf_conntrack_tcp_timeout_close, 10 s. */
const CLOSE_KEPT: Nanos = 10e9;
/**
 * Linux gives out the ports towards one destination in rising order, a few apart: those of the connections just before
 * and after tell which ones were given out in between.
 */
const PORTS_NEAR: Nanos = 0.5e9;
const PORTS_APART = 64;
const PORTS_WIDE = 6_000;

/** It opened a connection: at its start, or when its kept one broke and it was sent again to another pod. */
function dialled(request: RequestSeen, connectionPod: (request: RequestSeen) => string | undefined): boolean {
  if (!beganReused(request)) return true;
  const before = connectionPod(request);
  return before !== undefined && request.pod !== '' && before !== request.pod;
}

/** Ports are used again: a request that opened its connection has a flow of its own time, a kept one an older flow. */
function flowOfPort(request: RequestSeen, byPort: Map<number, FlowSeen[]>): FlowSeen | undefined {
  const { localPort, t, end } = request;
  if (localPort === undefined) return undefined;
  const flows = byPort.get(localPort) ?? [];
  const before = flows.findLast((flow) => flow.t <= end && (beganReused(request) || flow.t >= t - EARLIER));
  if (before !== undefined || beganReused(request)) return before;
  return flows.find((flow) => flow.t > end && flow.t <= end + LATE);
}

/** Addresses are used again: of the pods that ever had it, the one that was there. */
function livingAt(pods: PodLife[], { pod, t }: FlowSeen): PodLife | undefined {
  const had = pods.filter((one) => one.ip === pod && (one.ipSince ?? one.seen) <= t);
  return had.findLast(({ gone }) => gone === undefined || t <= gone + LINGERING) ?? had.at(-1);
}

/** A proxy that lags behind still sends to a pod that is gone. */
const LINGERING: Nanos = 30e9;

/** Of a list sorted by time, what lies in [from, to]: the last instant too. */
function inclusive<T extends { t: Nanos }>(flows: T[], from: Nanos, to: Nanos): T[] {
  const found: T[] = [];
  for (let i = firstFrom(flows, from, ({ t }) => t); i < flows.length && flows[i]!.t <= to; i += 1)
    found.push(flows[i]!);
  return found;
}
