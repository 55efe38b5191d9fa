import { describe, expect, test } from 'vitest';
import { drops } from '../checks/drops.ts';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { diagnose } from './diagnose.ts';

const RESET = { status: 0, errorCode: 1220, error: 'read: connection reset by peer' };
const NO_PHASES = { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 };
const REFUSED = { status: 0, errorCode: 1212, error: 'dial tcp: connection refused', phases: NO_PHASES };
const KEPT = { lane: 'kept-post', reused: true } as const;

const causes = (builder: HistoryBuilder) => {
  const history = builder.mark(60, 'tail-end').history();
  return diagnose(history, drops(history)).map(({ cause, count, confidence }) => [cause, count, confidence]);
};

/** What the node knows of a pod's end: its runtime's record, its first process, its log read whole. */
interface Ending {
  sigterm?: number;
  exit?: number;
  exitCode?: number;
  catches?: boolean;
  log?: boolean;
}

function ending(
  builder: HistoryBuilder,
  pod: string,
  { sigterm, exit, exitCode = 0, catches = true, log = true }: Ending,
) {
  const container = { pod, container: 'app', containerId: pod };
  builder.add({ type: 'process', t: s(12), pod, container: 'app', command: 'python3 app.py', catchesSigterm: catches });
  if (sigterm !== undefined) builder.add({ type: 'container', t: s(sigterm), ...container, event: 'sigterm' });
  if (exitCode === 137) builder.add({ type: 'container', t: s(exit! - 0.01), ...container, event: 'sigkill' });
  if (exit !== undefined) builder.add({ type: 'container', t: s(exit), ...container, event: 'exit', exitCode });
  if (log) builder.add({ type: 'log', t: s(55), pod, container: 'app', from: s(1), until: s(exit ?? 55), whole: true });
  return builder;
}

/** Pod a1 is deleted at 12, out of the slice at 12.1, and ends as told. */
function deletion(end: Ending = {}, builder = threeUp()): HistoryBuilder {
  const { exit = 17.05, exitCode = 0 } = end;
  builder.request(8, { pod: 'a2' });
  builder.pod(12, 'a1', { terminating: true }).slice(12.1, ['a2', 'a3'], ['a1']);
  builder.pod(exit + 0.4, 'a1', { terminating: true, ready: false, exitCode }).gone(exit + 2, 'a1');
  return ending(builder, 'a1', { sigterm: 12.05, ...end, exit });
}

describe('shutdown', () => {
  test('the handler sleeps in the accept loop: connected, never handled, reset as the process ends', () => {
    expect(causes(deletion().request(12.3, { ...RESET, seconds: 4.76 }))).toEqual([
      ['accept-loop-blocked', 1, 'likely'],
    ]);
  });

  test('the same on a connection whose pod is known from the answer before it, in a log that is whole: certain', () => {
    const builder = deletion().request(11.5, { ...KEPT, request: 'kept-post-41-7', pod: 'a1' });
    builder.request(12.3, { ...RESET, ...KEPT, request: 'kept-post-41-8', seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'certain']]);
  });

  test('the same where the log is not known to be whole: an id that is missing there proves nothing', () => {
    const builder = deletion({ log: false }).request(11.5, { ...KEPT, request: 'kept-post-41-7', pod: 'a1' });
    builder.request(12.3, { ...RESET, ...KEPT, request: 'kept-post-41-8', seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });

  test("the same where connection tracking has the client's port: certain", () => {
    const builder = deletion().pod(11, 'a1', { ip: '10.244.0.9' });
    builder.flow(12.301, '10.244.0.9', 60398).request(12.3, { ...RESET, localPort: 60398, seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'certain']]);
  });

  test('without the runtime’s record SIGTERM is inferred, and nothing is certain', () => {
    const builder = threeUp().pod(12, 'a1', { terminating: true }).slice(12.1, ['a2', 'a3'], ['a1']);
    builder.pod(17.4, 'a1', { terminating: true, ready: false, exitCode: 0 }).gone(19, 'a1');
    builder.request(11.5, { ...KEPT, request: 'kept-post-41-7', pod: 'a1' });
    builder.request(12.3, { ...RESET, ...KEPT, request: 'kept-post-41-8', seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });

  test('sent again on a new connection when the kept one broke, and refused there', () => {
    const builder = deletion().request(11.5, { lane: 'kept', reused: true, request: 'kept-8-1', pod: 'a1' });
    const sent = { ...REFUSED, phases: { ...NO_PHASES, sending: 0.05, waiting: 4700 } };
    builder.request(12.3, { ...sent, lane: 'kept', request: 'kept-8-2', seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'certain']]);
  });

  test('left in a full accept queue, reset when its data is sent again', () => {
    expect(causes(deletion().request(13, { ...RESET, seconds: 6.4 }))).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });

  test('a pod that answers what began after SIGTERM does not stand still', () => {
    const builder = deletion()
      .request(14, { pod: 'a1' })
      .request(12.06, { ...RESET, seconds: 4.76 });
    expect(causes(builder)).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('503 from a pod that is being deleted', () => {
    expect(causes(deletion().request(12.2, { status: 503, errorCode: 1503, pod: 'a1' }))).toEqual([
      ['unready-while-draining', 1, 'certain'],
    ]);
  });

  test('500 from a pod that is being deleted, and that answered so before as well, is not put down to draining', () => {
    const broken = { status: 500, errorCode: 1500, pod: 'a1' };
    expect(causes(deletion().request(10.2, broken).request(12.2, broken))).toEqual([
      ['unattributed', 2, 'unattributed'],
    ]);
  });

  test('503 from a pod that is not, is not put down to draining', () => {
    expect(causes(deletion().request(12.2, { status: 503, errorCode: 1503, pod: 'a2' }))).toEqual([
      ['unattributed', 1, 'unattributed'],
    ]);
  });

  test('exit at once: what was in flight is reset, what comes after is refused', () => {
    const builder = deletion({ sigterm: 12.05, exit: 12.06 }).log(11.98, 'a1', 'handled', 'new-1-9');
    builder.request(11.97, { ...RESET, request: 'new-1-9', seconds: 0.1 }).request(12.3, REFUSED);
    expect(causes(builder)).toEqual([['exits-without-draining', 2, 'likely']]);
  });

  test('exit at once with nothing in flight: gone before the proxy knew, and nobody saw it drain', () => {
    expect(causes(deletion({ sigterm: 12.05, exit: 12.3 }).request(12.5, REFUSED))).toEqual([
      ['exits-without-draining', 1, 'likely'],
    ]);
  });

  test('cut at its exit, though sent after SIGTERM was stamped: the runtime stamps it as it sets out to send it', () => {
    const builder = deletion({ sigterm: 12.05, exit: 12.15 }).log(12.07, 'a1', 'handled', 'new-1-9');
    builder.request(12.06, { ...RESET, request: 'new-1-9', seconds: 0.08 }).request(12.3, REFUSED);
    expect(causes(builder)).toEqual([['exits-without-draining', 2, 'likely']]);
  });

  describe('a kept connection is cut as it exits', () => {
    const kept = () => {
      const builder = deletion({ sigterm: 17.05, exit: 17.35 }).pod(11, 'a1', { ip: '10.244.0.9' });
      builder.request(16.9, { ...KEPT, request: 'kept-post-41-7', pod: 'a1' });
      return builder.request(17.34, { ...RESET, ...KEPT, request: 'kept-post-41-8', seconds: 0.02 });
    };

    test('and nothing else is lost: it was idle, and nobody had told the client', () => {
      expect(causes(kept())).toEqual([['keepalive-cut', 1, 'certain']]);
    });

    test('and others are refused: it was gone before the proxy knew', () => {
      const builder = kept().flow(17.501, '10.244.0.9', 60400).request(17.5, REFUSED);
      expect(causes(builder)).toEqual([['exits-without-draining', 2, 'likely']]);
    });

    test('and had been begun with: it was in flight', () => {
      expect(causes(kept().log(17.35, 'a1', 'handled', 'kept-post-41-8'))).toEqual([
        ['exits-without-draining', 1, 'certain'],
      ]);
    });
  });

  describe('refused before it ended, though it ended soon', () => {
    const closing = () => {
      const builder = deletion({ sigterm: 12.05, exit: 12.5 }).pod(11, 'a1', { ip: '10.244.0.9' });
      return builder.flow(12.301, '10.244.0.9', 60400).request(12.3, REFUSED);
    };

    test('it closed its listener, and then it went: before and after', () => {
      const builder = closing().flow(12.701, '10.244.0.9', 60401).request(12.7, REFUSED);
      expect(causes(builder)).toEqual([['listener-closed-early', 2, 'certain']]);
    });

    test('so shortly before that the stamps may be wrong: nobody knows that it lived', () => {
      const builder = deletion({ sigterm: 12.05, exit: 12.35 }).pod(11, 'a1', { ip: '10.244.0.9' });
      builder.flow(12.301, '10.244.0.9', 60400).request(12.3, REFUSED);
      expect(causes(builder)).toEqual([['exits-without-draining', 1, 'likely']]);
    });

    test('with another code than 0, as a signal leaves: it takes more to believe that it lived on', () => {
      const builder = deletion({ sigterm: 12.05, exit: 12.5, exitCode: 2 }).pod(11, 'a1', { ip: '10.244.0.9' });
      builder.flow(12.301, '10.244.0.9', 60400).request(12.3, REFUSED);
      expect(causes(builder)).toEqual([['exits-without-draining', 1, 'likely']]);
    });

    test('what nobody had accepted is reset as the listener closes', () => {
      const builder = closing().request(12.06, { ...RESET, request: 'new-1-9', seconds: 0.04 });
      expect(causes(builder)).toEqual([['listener-closed-early', 2, 'certain']]);
    });

    test('what it had begun with, and cut at that, is not the listener’s', () => {
      const builder = closing().log(12.07, 'a1', 'handled', 'new-1-9');
      builder.request(12.06, { ...RESET, request: 'new-1-9', seconds: 0.04 });
      expect(causes(builder)).toEqual([
        ['listener-closed-early', 1, 'certain'],
        ['unattributed', 1, 'unattributed'],
      ]);
    });
  });

  test('refused while the process lives on: it closed its listener', () => {
    const builder = deletion({ exit: 14 }).pod(11, 'a1', { ip: '10.244.0.9' });
    builder.flow(12.501, '10.244.0.9', 60400).request(12.5, REFUSED);
    expect(causes(builder)).toEqual([['listener-closed-early', 1, 'certain']]);
  });

  test('the preStop hook failed: no wait before the listener closes', () => {
    const builder = deletion({ exit: 12.3 }).event(12.04, 'a1', 'FailedPreStopHook', 'exec: "sleep": not found');
    expect(causes(builder.request(12.5, REFUSED))).toEqual([['prestop-failed', 1, 'likely']]);
  });

  test('no handler for SIGTERM in the first process: SIGKILL after the whole grace period', () => {
    const builder = deletion({ exit: 42, exitCode: 137, catches: false });
    builder.request(41, { ...KEPT, request: 'kept-post-3-1', pod: 'a1' });
    builder.request(41.9, { ...RESET, ...KEPT, request: 'kept-post-3-2', seconds: 0.1 });
    expect(causes(builder)).toEqual([['sigterm-ignored', 1, 'certain']]);
  });

  test('SIGTERM is caught, and SIGKILL comes too: the grace period is too short', () => {
    const builder = deletion({ exit: 17, exitCode: 137 }).log(12, 'a1', 'handled', 'slow-1-1');
    builder.request(11.9, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 5.1 });
    expect(causes(builder)).toEqual([['grace-too-short', 1, 'certain']]);
  });

  test('a pod that drains well but closes an idle connection under a request', () => {
    const builder = deletion({ exit: 14 }).log(12.5, 'a1', 'handled', 'other').request(12.7, { pod: 'a1' });
    builder.request(12.6, { ...KEPT, request: 'kept-post-9-1', pod: 'a1' });
    builder.request(13.9, { ...RESET, ...KEPT, request: 'kept-post-9-2', seconds: 0.1 });
    expect(causes(builder)).toEqual([['keepalive-cut', 1, 'certain']]);
  });

  test('a pod that clients on kept connections hold on to, long after it left the endpoints', () => {
    const builder = deletion({ sigterm: 14, exit: 17.3 });
    builder.request(16.5, { ...KEPT, request: 'kept-post-9-1', pod: 'a1' });
    builder.request(17.25, { ...RESET, ...KEPT, request: 'kept-post-9-2', seconds: 0.05 });
    expect(causes(builder)).toEqual([['keepalive-pinned', 1, 'certain']]);
  });

  test('killed in a long request, and the service logs no ids: the grace period is too short all the same', () => {
    const builder = threeUp(new HistoryBuilder({ logsRequestIds: false })).pod(11, 'a1', { ip: '10.244.0.9' });
    deletion({ exit: 17, exitCode: 137 }, builder).flow(11.7, '10.244.0.9', 6500);
    builder.request(11.7, { ...RESET, lane: 'slow', localPort: 6500, seconds: 5.3 });
    expect(causes(builder)).toEqual([['grace-too-short', 1, 'certain']]);
  });

  test('a preStop sleep, and idle connections closed as the process ends: cut, not pinned', () => {
    const builder = deletion({ sigterm: 17, exit: 19 });
    builder.request(16.5, { ...KEPT, request: 'kept-post-9-1', pod: 'a1' }).request(17.4, { pod: 'a1' });
    builder.request(17.05, { ...RESET, ...KEPT, request: 'kept-post-9-2', seconds: 0.02 });
    expect(causes(builder)).toEqual([['keepalive-cut', 1, 'certain']]);
  });

  test('a stream that is open when its pod ends', () => {
    const builder = deletion({ exit: 42, exitCode: 137 });
    builder.request(11, {
      lane: 'stream',
      status: 0,
      bytes: 2000,
      errorCode: 1000,
      error: 'unexpected EOF',
      pod: 'a1',
      seconds: 31,
    });
    expect(causes(builder)).toEqual([['stream-cut', 1, 'certain']]);
  });

  test('a proxy that still sends to a pod that waited for long, and then ended at once', () => {
    const waiting = new HistoryBuilder().pod(0.5, 'a1', { sleep: 5 });
    const builder = deletion({ sigterm: 17.05, exit: 17.1 }, threeUp(waiting)).request(17.5, REFUSED);
    expect(causes(builder)).toEqual([['endpoint-lag', 1, 'likely']]);
    // Without a hook it was only slow to be told to end, and then gone at once.
    const sudden = deletion({ sigterm: 17.05, exit: 17.1 }).request(17.5, REFUSED);
    expect(causes(sudden)).toEqual([['exits-without-draining', 1, 'likely']]);
  });

  test('a proxy that still sends to a pod that ended in order', () => {
    const builder = deletion().request(14, { pod: 'a1' }).request(17.5, REFUSED);
    expect(causes(builder)).toEqual([['endpoint-lag', 1, 'likely']]);
  });
});

describe('readiness', () => {
  test('a pod without a probe takes traffic before it listens', () => {
    const builder = threeUp().pod(12, 'b1', { owner: 'web-a', probe: false }).slice(12.1, ['a1', 'a2', 'a3', 'b1']);
    builder.request(13, REFUSED).request(17.1, { pod: 'b1' });
    expect(causes(builder)).toEqual([['no-readiness-probe', 1, 'likely']]);
  });

  test('errors of a young pod that is ready, and none once it is warm', () => {
    const builder = threeUp().pod(12, 'b1', { owner: 'web-a' }).slice(12.1, ['a1', 'a2', 'a3', 'b1']);
    builder
      .request(13, { status: 503, errorCode: 1503, pod: 'b1' })
      .request(15, { status: 503, errorCode: 1503, pod: 'b1' });
    for (let i = 0; i < 6; i += 1) builder.request(20 + i, { pod: 'b1' });
    expect(causes(builder)).toEqual([['ready-before-warm', 2, 'certain']]);
  });

  test('a pod that goes on failing is not one that warms up', () => {
    const builder = threeUp().pod(12, 'b1', { owner: 'web-a' }).slice(12.1, ['a1', 'a2', 'a3', 'b1']);
    for (const at of [13, 20, 30, 40, 55]) builder.request(at, { status: 503, errorCode: 1503, pod: 'b1' });
    expect(causes(builder)).toEqual([['unattributed', 5, 'unattributed']]);
  });

  test('a container that ends soon after it was called ready', () => {
    const builder = threeUp().pod(12, 'b1', { owner: 'web-a' }).slice(12.1, ['a1', 'a2', 'a3', 'b1']);
    builder.add({
      type: 'container',
      t: s(17),
      pod: 'b1',
      container: 'app',
      containerId: 'b1',
      event: 'exit',
      exitCode: 1,
    });
    builder.request(16.5, { ...KEPT, request: 'kept-post-1-1', pod: 'b1' });
    builder.request(16.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 });
    expect(causes(builder)).toEqual([['settles-too-soon', 1, 'certain']]);
  });

  test('the same, but the kubelet killed it for its liveness probe', () => {
    const builder = threeUp().event(13.9, 'a1', 'Unhealthy', 'Liveness probe failed: context deadline exceeded');
    builder.event(14, 'a1', 'Killing', 'Container app failed liveness probe, will be restarted');
    builder.add({
      type: 'container',
      t: s(17),
      pod: 'a1',
      container: 'app',
      containerId: 'a1',
      event: 'exit',
      exitCode: 137,
    });
    builder.request(16.5, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
    builder.request(16.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 });
    expect(causes(builder)).toEqual([['liveness-kills-under-load', 1, 'certain']]);
  });

  test.each([
    ['it said no', 'a1', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
    ['it was being deleted', 'a2', 'Readiness probe failed: context deadline exceeded'],
  ])('refused while no endpoint is ready: a probe that failed proves no time-out where %s', (_, pod, message) => {
    const builder = threeUp().pod(11, 'a2', { terminating: true }).event(12, pod, 'Unhealthy', message);
    expect(causes(builder.slice(12.5, []).request(13, REFUSED))).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('refused while no endpoint is ready, because their probes timed out', () => {
    const builder = threeUp().event(12, 'a1', 'Unhealthy', 'Readiness probe failed: context deadline exceeded');
    expect(causes(builder.slice(12.5, []).request(13, REFUSED))).toEqual([['probe-timeout-under-load', 1, 'certain']]);
  });

  test.each([
    [0.85, 'certain'],
    [0.95, 'likely'],
  ])('the same while something waited for a processor for %d of the time', (cpuPressure, confidence) => {
    const builder = threeUp().event(12, 'a1', 'Unhealthy', 'Readiness probe failed: context deadline exceeded');
    for (let at = 8; at < 14; at++) builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 1, cpuPressure });
    // Long after it, what the probes have taken away is still so.
    expect(causes(builder.slice(12.5, []).request(30, REFUSED))).toEqual([['probe-timeout-under-load', 1, confidence]]);
  });
});

describe('strategy and data plane', () => {
  test.each([
    ['strategy-recreate', { recreate: true }],
    ['single-replica-unavailable', { replicas: 1, surge: 0, unavailable: 1 }],
  ])('%s: refused while no endpoint is ready', (cause, deployment) => {
    const builder = threeUp(new HistoryBuilder(), deployment);
    builder.replicaSet(11.8, 'web-a', 1, 0);
    for (const pod of ['a1', 'a2', 'a3']) builder.pod(11.9, pod, { terminating: true });
    expect(causes(builder.slice(12, []).request(13, REFUSED))).toEqual([[cause, 1, 'certain']]);
  });

  const service = (builder: HistoryBuilder, at: number, spec: object) => builder.object(at, 'Service', 'web', { spec });

  test('the selector is switched to pods that are not ready', () => {
    const builder = service(threeUp(), 1, { selector: { track: 'blue' } });
    service(builder, 12, { selector: { track: 'green' } })
      .slice(12.1, [])
      .request(13, REFUSED);
    expect(causes(builder)).toEqual([['switch-before-ready', 1, 'certain']]);
  });

  test('a headless Service', () => {
    const builder = service(threeUp(), 1, { clusterIP: 'None', selector: {} });
    expect(causes(deletion({ exit: 14 }, builder).request(14.5, REFUSED).request(12.8, { pod: 'a1' }))).toEqual([
      ['headless-dns', 1, 'likely'],
    ]);
    const quiet = service(threeUp(), 1, { clusterIP: 'None', selector: {} }).request(30, REFUSED);
    expect(causes(quiet)).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test.each([
    ['externalTrafficPolicy', 'nodePort', 'local-traffic-policy'],
    // What is called from inside, at the Service's own address, is none of its business.
    ['externalTrafficPolicy', 'service', 'unattributed'],
    ['internalTrafficPolicy', 'service', 'local-traffic-policy'],
  ] as const)('only local endpoints by %s, and none there, called at the %s', (policy, target, cause) => {
    const builder = service(threeUp(new HistoryBuilder({ target })), 1, { [policy]: 'Local', selector: {} });
    builder.request(13, { ...REFUSED, errorCode: 1211, error: 'dial: i/o timeout', seconds: 5 });
    expect(causes(builder).map(([found]) => found)).toEqual([cause]);
  });

  test('blue is removed while its kept connections are in use', () => {
    const builder = threeUp().object(11, 'Pod', 'other', {});
    service(service(builder, 1, { selector: { track: 'blue' } }), 11, { selector: { track: 'green' } });
    deletion({ exit: 12.3 }, builder).request(12, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
    builder.request(12.25, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.04 });
    expect(causes(builder)).toEqual([['blue-removed-too-soon', 1, 'certain']]);
  });

  describe('blue that would end badly at any time, removed after the switch at 11', () => {
    const switched = (at = 11) =>
      service(service(threeUp(), 1, { selector: { track: 'blue' } }), at, { selector: { track: 'green' } });
    const found = (builder: HistoryBuilder) => {
      const history = builder.mark(60, 'tail-end').history();
      return diagnose(history, drops(history)).map(({ cause, count, also }) => [cause, count, also]);
    };
    const onKept = (builder: HistoryBuilder, at: number, seconds: number) =>
      builder
        .request(at - 0.8, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' })
        .request(at, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds });

    test('its accept loop is blocked: what is lost on a kept connection is lost to the haste first', () => {
      expect(found(onKept(deletion({}, switched()), 12.3, 4.76))).toEqual([
        ['blue-removed-too-soon', 1, ['accept-loop-blocked']],
      ]);
    });

    test('it exits without draining: the same', () => {
      const builder = deletion({ sigterm: 12.05, exit: 12.06 }, switched()).log(
        11.99,
        'a1',
        'handled',
        'kept-post-1-2',
      );
      expect(found(onKept(builder, 11.98, 0.09))).toEqual([['blue-removed-too-soon', 1, ['exits-without-draining']]]);
    });

    test('the same where it was removed a while after the switch: it is the app’s first', () => {
      expect(found(onKept(deletion({}, switched(6.5)), 12.3, 4.76))).toEqual([
        ['accept-loop-blocked', 1, ['blue-removed-too-soon']],
      ]);
    });

    test('it closes its connections half a second before its process has ended', () => {
      expect(found(onKept(deletion({ exit: 17.5 }, switched()), 12.3, 4.7))).toEqual([
        ['blue-removed-too-soon', 1, []],
      ]);
    });

    test('it is killed at the end of its grace, in the middle of a request: that comes first, it had its time', () => {
      const builder = deletion({ exit: 42, exitCode: 137 }, switched());
      builder.log(30, 'a1', 'begun', 'slow-1-1');
      builder.request(30, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 12 });
      expect(found(builder)).toEqual([['grace-too-short', 1, ['blue-removed-too-soon', 'endpoint-lag']]]);
    });

    test('it answered on kept connections until then: it never lets its clients go', () => {
      expect(found(onKept(deletion({ exit: 42, exitCode: 137 }, switched()), 41.9, 0.1))).toEqual([
        ['keepalive-pinned', 1, ['blue-removed-too-soon']],
      ]);
    });

    test('what is lost on a connection of its own is the app’s', () => {
      expect(found(deletion({}, switched()).request(12.3, { ...RESET, seconds: 4.76 }))).toEqual([
        ['accept-loop-blocked', 1, ['blue-removed-too-soon', 'endpoint-lag']],
      ]);
    });
  });

  test.each([
    ['strategy-recreate', { recreate: true }],
    ['single-replica-unavailable', { replicas: 1, surge: 0, unavailable: 1 }],
  ])('%s: sent to a pod that ends, for want of another', (cause, deployment) => {
    const builder = threeUp(new HistoryBuilder(), deployment);
    builder.replicaSet(11.9, 'web-a', 1, 0);
    for (const pod of ['a1', 'a2', 'a3']) builder.pod(12, pod, { terminating: true });
    builder.slice(12.1, [], ['a1', 'a2', 'a3']);
    for (const pod of ['a1', 'a2', 'a3']) ending(builder, pod, { sigterm: 12.05, exit: 18 });
    builder.pod(11, 'a1', { ip: '10.244.0.9' });
    builder.flow(18.1, '10.244.0.9', 60500).request(18.1, { ...RESET, localPort: 60500, seconds: 0.01 });
    builder.request(18.1, REFUSED);
    expect(causes(builder)).toEqual([[cause, 2, 'certain']]);
  });
});

describe('a port that is used again', () => {
  /** a1 ends at 17.05, and resets a connection from port 44000; the ports of that time are about 44000. */
  function portsAround(near: number): HistoryBuilder {
    const builder = deletion().pod(11, 'a1', { ip: '10.244.0.9' }).pod(11, 'a2', { ip: '10.244.0.8' });
    const closed = { type: 'flow', t: s(17.04), event: 'closed', flow: '1', client: '172.18.0.2', clientPort: 44_000 };
    builder.add({ ...closed, type: 'flow', service: '10.96.0.7', servicePort: 80, pod: '10.244.0.9', podPort: 8000 });
    builder.flow(17.1, '10.244.0.8', near - 20).request(17.1, { pod: 'a2' });
    return builder.flow(17.3, '10.244.0.8', near + 20).request(17.3, { pod: 'a2' });
  }

  test('refused by a pod that is gone, though the proxy no longer sent anything there', () => {
    expect(causes(portsAround(44_000).request(17.2, REFUSED))).toEqual([['stale-flow', 1, 'likely']]);
  });

  test('not where the ports of that time were others', () => {
    expect(causes(portsAround(52_000).request(17.2, REFUSED))).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('not once the entry is gone', () => {
    const builder = portsAround(44_000).flow(28, '10.244.0.8', 44_010).request(28, { pod: 'a2' });
    expect(causes(builder.request(28.1, REFUSED))).toEqual([['unattributed', 1, 'unattributed']]);
  });
});

describe('behind a proxy', () => {
  const proxied = () => deletion({}, threeUp(new HistoryBuilder({ target: 'http://localhost:8088' })));
  const answer = { status: 502, errorCode: 1502, pod: '', seconds: 4.76 };

  test('its own answer, as a process ends: what was behind it hung, and was reset', () => {
    expect(causes(proxied().request(12.3, answer))).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });

  test('the same answer of the service itself is one', () => {
    expect(causes(deletion().request(12.3, answer))).toEqual([['unattributed', 1, 'unattributed']]);
    expect(causes(proxied().request(12.3, { ...answer, pod: 'a1' }))).toEqual([
      ['unready-while-draining', 1, 'certain'],
    ]);
  });

  test('a reused connection says nothing of the pod: the one before was answered by another', () => {
    const builder = proxied().request(11.5, { ...KEPT, request: 'kept-post-41-7', pod: 'a2' });
    builder.request(12.3, { ...RESET, ...KEPT, request: 'kept-post-41-8', seconds: 4.76 });
    expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });
});

describe('never guessed', () => {
  /** a1 and a2 end at the same time. */
  function twoEnds(second: Ending): HistoryBuilder {
    const builder = deletion().pod(12, 'a2', { terminating: true }).gone(19, 'a2');
    ending(builder, 'a2', { ...second, exit: 17.1 });
    return builder.request(12.3, { ...RESET, seconds: 4.76 });
  }

  test('two pods that may both have been it, and ended alike: the cause is known, the pod is not', () => {
    expect(causes(twoEnds({ sigterm: 12.05 }))).toEqual([['accept-loop-blocked', 1, 'likely']]);
  });

  test('two pods that may both have been it, and ended differently: unattributed', () => {
    expect(causes(twoEnds({ sigterm: 17.05 }))).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('a SYN that nobody answers runs into the time-out: no connection came about', () => {
    const builder = deletion({ exit: 12.06 }).request(13, {
      ...REFUSED,
      errorCode: 1050,
      error: 'request timeout',
      seconds: 15,
    });
    expect(causes(builder)).toEqual([['exits-without-draining', 1, 'likely']]);
  });

  test('a connection to a pod that goes on answering was not refused there, whatever is left over of those tracked', () => {
    const builder = deletion({ exit: 12.06 }).pod(11, 'a2', { ip: '10.244.0.8' });
    builder.flow(12.501, '10.244.0.8', 60400).request(12.5, REFUSED).request(14, { pod: 'a2' });
    expect(causes(builder)).toEqual([['exits-without-draining', 1, 'likely']]);
  });

  test('once a later pod has answered a new connection, the proxy has forgotten the removed one', () => {
    const builder = deletion({ exit: 12.06 }).pod(13, 'b1', { owner: 'web-a' }).slice(13.1, ['a2', 'a3', 'b1'], ['a1']);
    builder.request(13.5, { pod: 'b1' }).request(14, REFUSED);
    expect(causes(builder)).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('a reset in the middle of nowhere', () => {
    expect(causes(deletion().request(30, { ...RESET, seconds: 0.1 }))).toEqual([['unattributed', 1, 'unattributed']]);
  });

  test('each drop counts once', () => {
    const builder = deletion();
    for (let i = 0; i < 5; i += 1) builder.request(12.3 + i / 10, { ...RESET, seconds: 4.76 - i / 10 });
    builder.request(30, { ...RESET, seconds: 0.1 }).request(12.2, { status: 503, errorCode: 1503, pod: 'a1' });
    const history = builder.mark(60, 'tail-end').history();
    expect(diagnose(history, drops(history)).reduce((sum, { count }) => sum + count, 0)).toBe(7);
  });
});

test('the evidence is told in words and numbers, in the order of time', () => {
  const builder = deletion().pod(11, 'a1', { ip: '10.244.0.9' });
  builder.flow(12.301, '10.244.0.9', 60398).request(12.3, { ...RESET, localPort: 60398, seconds: 4.76 });
  const history = builder.mark(60, 'tail-end').history();
  expect(diagnose(history, drops(history))[0]!.evidence).toBe(
    'lane new, sent at 12.300 s, lost at 17.060 s on its own connection, before any answer (connection reset by peer); ' +
      'pod a1, known by its connection in the node’s connection tracking; the pod was deleted 12.000 s; SIGTERM 12.050 s; ' +
      'the slice dropped it 12.100 s; this connection opened to 10.244.0.9 12.301 s; its process ended with exit code 0 17.050 s; ' +
      "the pod's log, read whole, never had its id",
  );
});
