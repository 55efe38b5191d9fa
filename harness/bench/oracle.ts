import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';

/**
 * Which causes may be named for a drop of the article's app, by what the app itself logged of its phases: SIGTERM at S,
 * its five seconds' sleep over at E. Diagnosis does not read those lines, so that it can be tested against them.
 *
 * Written down before the runs (but for `stale-flow`, which they taught us), from how waitress works: its main thread accepts and reads connections, worker threads
 * answer what it has read. The handler runs, and sleeps, in the main thread. So from S to E nothing is accepted or read;
 * workers finish what they have, with 503, because the flag is set; at E the process exits and the kernel resets every
 * connection, in the accept queue too.
 *
 * | the drop | lanes | allowed |
 * | --- | --- | --- |
 * | an answer of 503 from a pod, after its S | all | `unready-while-draining` |
 * | connected or reused, no answer; sent before E, broken at E or as the kernel gave up later | all | `accept-loop-blocked` |
 * | no connection; dialled between S and E (a full accept queue drops SYNs), given up after E | all | `accept-loop-blocked` |
 * | no connection; dialled after E | all | `endpoint-lag` |
 * | no connection; dialled up to 10 s after E, when the kernel still has entries of what was reset | all | `stale-flow` |
 * | anything else | all | none: `unattributed` is the only right answer |
 */
export function allowedCauses(request: RequestSeen, phases: PodPhases[]): Set<string> {
  const { status, pod, t, end } = request;
  const allowed = new Set<string>();
  if (status > 0) {
    const own = phases.find(({ name }) => name === pod);
    if (status === 503 && own !== undefined && end >= own.sigterm - STAMPS) allowed.add('unready-while-draining');
    return allowed;
  }
  for (const { sigterm, over } of phases) {
    if (t <= over + STAMPS && end >= over - STAMPS && end >= sigterm && end <= over + GIVEN_UP)
      allowed.add('accept-loop-blocked');
    if (t <= over - STAMPS || !isConnectError(request)) continue;
    if (t <= over + PROXY) allowed.add('endpoint-lag');
    if (t <= over + CLOSE_KEPT) allowed.add('stale-flow');
  }
  return allowed;
}

/** When a pod of the article's app got SIGTERM, and when its sleep was over. */
export interface PodPhases {
  name: string;
  sigterm: Nanos;
  over: Nanos;
}

export function phasesOf({ observations }: ScenarioHistory): PodPhases[] {
  const logs = observations.filter((one) => one.type === 'server');
  return logs
    .filter(({ event }) => event === 'sigterm')
    .flatMap(({ pod, t }) => {
      const over = logs.find((one) => one.pod === pod && one.event === 'sleep-over');
      return over === undefined ? [] : [{ name: pod, sigterm: t, over: over.t }];
    });
}

/** How far two stamps of one instant lie apart at most, and what it takes a process to be gone after its last line. */
const STAMPS: Nanos = 0.5e9;
/** The sum of TCP's first six retransmissions (RFC 6298). */
const GIVEN_UP: Nanos = 13e9;
/** nf_conntrack_tcp_timeout_close. */
const CLOSE_KEPT: Nanos = 10e9;
/** Longest that a proxy may lag. */
const PROXY: Nanos = 15e9;

const isConnectError = ({ errorCode, phases }: RequestSeen) =>
  (errorCode >= 1210 && errorCode < 1220) || (errorCode === 1050 && phases.connecting === 0);
