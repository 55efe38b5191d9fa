import { expect, test } from 'vitest';
import { drops } from '../checks/drops.ts';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { parseProcesses } from '../recorders/processes.ts';
import { FIXES } from './catalogue.ts';
import { diagnose } from './diagnose.ts';
import { containerFacts } from './facts.ts';

/** Causes that were wrong once, and mostly said to be certain, each of a history that a real cluster can make. */

const RESET = { status: 0, errorCode: 1220, error: 'read: connection reset by peer' };
const NO_PHASES = { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 };
const REFUSED = { status: 0, errorCode: 1212, error: 'dial tcp: connection refused', phases: NO_PHASES };
const TIMEOUT = { status: 0, errorCode: 1050, error: 'request timeout' };
const KEPT = { lane: 'kept-post', reused: true } as const;
const bad = (status: number, pod: string) => ({ status, errorCode: 1000 + status, pod });

/** "cause confidence" of each. */
const said = (b: HistoryBuilder) => {
  const history = b.mark(60, 'tail-end').history();
  return diagnose(history, drops(history)).map(({ cause, confidence }) => `${cause} ${confidence}`);
};
const no = (b: HistoryBuilder, wrong: string) => expect(said(b)).not.toContain(wrong);

const runtime = (b: HistoryBuilder, t: number, event: string, exitCode?: number, pod = 'a1', container = 'app') =>
  b.add({
    type: 'container',
    t: s(t),
    pod,
    container,
    containerId: `${pod}-${container}`,
    event,
    ...(exitCode === undefined ? {} : { exitCode }),
  });

interface End {
  sigterm?: number;
  exit?: number;
  exitCode?: number;
  sigkill?: boolean;
}
/** Pod a1 is deleted at 12, out of the slice at 12.1, its first process handles SIGTERM, its log is whole. */
function deletion(
  { sigterm = 12.05, exit = 17.05, exitCode = 0, sigkill = exitCode === 137 }: End = {},
  b = threeUp(),
  pod = 'a1',
) {
  b.request(8, { pod: 'a2' }).pod(12, pod, { terminating: true }).slice(12.1, ['a2', 'a3'], [pod]);
  b.pod(exit + 0.4, pod, { terminating: true, ready: false, exitCode }).gone(exit + 2, pod);
  return ends(b, { sigterm, exit, exitCode, sigkill }, pod);
}
function ends(b: HistoryBuilder, { sigterm = 12.05, exit = 17.05, exitCode = 0, sigkill = false }: End, pod = 'a1') {
  b.add({ type: 'process', t: s(12), pod, container: 'app', command: 'app', catchesSigterm: true });
  runtime(b, sigterm, 'sigterm', undefined, pod);
  if (sigkill) runtime(b, exit - 0.01, 'sigkill', undefined, pod);
  runtime(b, exit, 'exit', exitCode, pod);
  return b.add({ type: 'log', t: s(55), pod, container: 'app', from: s(1), until: s(exit), whole: true });
}
/** Recreate: all go at 12, none is there from 15 on. */
function recreated() {
  const b = threeUp(new HistoryBuilder(), { recreate: true }).replicaSet(11.9, 'web-a', 1, 0);
  for (const p of ['a1', 'a2', 'a3']) b.pod(12, p, { terminating: true });
  b.slice(12.1, [], ['a1', 'a2', 'a3']);
  for (const p of ['a1', 'a2', 'a3'])
    ends(b.pod(14.4, p, { terminating: true, ready: false, exitCode: 0 }).gone(15, p), { exit: 14 }, p);
  return b.slice(15, []);
}
/** Old pods that have been up for five minutes. */
function upForLong(pod: Parameters<HistoryBuilder['pod']>[2] = {}) {
  const b = new HistoryBuilder().deployment(-300).replicaSet(-300, 'web-a', 1, 3);
  for (const n of ['a1', 'a2', 'a3']) b.pod(-300, n, { ip: `10.244.0.${n[1]}`, ...pod });
  return b.slice(-300, ['a1', 'a2', 'a3']).mark(5, 'load-ready').request(6, { pod: 'a2' }).mark(10, 'trigger');
}

test('a new version with 2% errors is not one that warms up', () => {
  const b = threeUp().pod(12, 'b1', { owner: 'web-b' }).slice(12.1, ['a1', 'a2', 'a3', 'b1']);
  for (let i = 0; i < 400; i += 1) b.request(13 + i / 10, i % 50 === 25 ? bad(500, 'b1') : { pod: 'b1' });
  no(b, 'ready-before-warm certain');
});

test('old pods that answered well for 14 s, and then badly for 2 s, all of them: their database', () => {
  const b = threeUp();
  for (let t = 6; t < 40; t += 0.5)
    for (const pod of ['a1', 'a2', 'a3']) b.request(t, t >= 20 && t < 22 ? bad(503, pod) : { pod });
  no(b, 'ready-before-warm certain');
});

test('Recreate, and the new pods are slow to start: their first probes time out', () => {
  const b = recreated().pod(15.2, 'b1', { owner: 'web-b', ready: false });
  b.event(
    18,
    'b1',
    'Unhealthy',
    'Readiness probe failed: Get "http://10.244.0.9:8000/ready": context deadline exceeded',
  );
  for (let t = 16; t < 25; t += 1) b.request(t, REFUSED);
  expect(said(b.pod(26, 'b1', { owner: 'web-b' }).slice(26.1, ['b1']))).toEqual(['strategy-recreate certain']);
});

test('Recreate, after a probe of a pod timed out that stayed ready all the same', () => {
  const b = recreated().event(8, 'a1', 'Unhealthy', 'Readiness probe failed: context deadline exceeded');
  expect(said(b.request(18, REFUSED))).toEqual(['strategy-recreate certain']);
});

test('a node is drained that has all pods of a Deployment with Recreate; or somebody deletes them', () => {
  for (const disrupted of [true, false]) {
    const b = threeUp(new HistoryBuilder(), { recreate: true });
    for (const p of ['a1', 'a2', 'a3']) b.pod(12, p, { terminating: true, disrupted });
    b.slice(12.1, [], ['a1', 'a2', 'a3']);
    for (const p of ['a1', 'a2', 'a3']) ends(b.gone(15, p), { exit: 14 }, p);
    no(b.slice(15, []).request(18, REFUSED), 'strategy-recreate certain');
  }
});

test('green that was ready, and goes half a minute after the switch', () => {
  const b = threeUp(new HistoryBuilder({ others: ['green'] })).service(1, { track: 'blue' });
  b.pod(11, 'g1', { owner: 'green-a' }).service(12, { track: 'green' }).slice(12.1, ['g1']).request(13, { pod: 'g1' });
  b.pod(41, 'g1', { owner: 'green-a', ready: false }).slice(41.1, []);
  no(b.request(42, REFUSED), 'switch-before-ready certain');
});

test('what all pods answer badly at one time, one of them in its youth: their database', () => {
  const b = threeUp();
  const born = { b1: 12, b2: 20, b3: 30 };
  for (const [pod, at] of Object.entries(born)) b.pod(at, pod, { owner: 'web-b' });
  for (let t = 12; t < 45; t += 0.25)
    for (const [pod, at] of Object.entries(born))
      if (t > at + 0.1) b.request(t, t >= 34 && t < 36 ? bad(503, pod) : { pod });
  no(b, 'ready-before-warm certain');
});

test('STOPSIGNAL SIGINT, which it handles: it is deaf to SIGTERM, which nobody sent', () => {
  const killed = (signal: object) => {
    const b = threeUp()
      .request(8, { pod: 'a2' })
      .request(11.5, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
    b.pod(12, 'a1', { terminating: true }).slice(12.1, ['a2', 'a3'], ['a1']);
    b.add({ type: 'process', t: s(12), pod: 'a1', container: 'app', command: 'app', catchesSigterm: false });
    const own = { type: 'container', pod: 'a1', container: 'app', containerId: 'a1-app' } as const;
    b.add({ ...own, t: s(12.05), event: 'sigterm', ...signal });
    runtime(b, 42, 'sigkill');
    runtime(b, 42.05, 'exit', 137);
    b.pod(42.4, 'a1', { terminating: true, ready: false, exitCode: 137 }).gone(44, 'a1');
    return b.request(42, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.05 });
  };
  expect(said(killed({}))).toEqual(['sigterm-ignored certain']);
  no(killed({ signal: 'interrupt' }), 'sigterm-ignored certain');
});

test('switched to a green whose first probes time out', () => {
  const b = threeUp(new HistoryBuilder({ others: ['green'] })).service(1, { track: 'blue' });
  b.pod(11, 'g1', { owner: 'green-a', ready: false }).event(
    11.5,
    'g1',
    'Unhealthy',
    'Readiness probe failed: context deadline exceeded',
  );
  expect(said(b.service(12, { track: 'green' }).slice(12.1, []).request(13, REFUSED))).toEqual([
    'switch-before-ready certain',
  ]);
});

test('Recreate, beside a redis of the same namespace whose probes time out', () => {
  const b = recreated()
    .pod(1, 'redis-0', { owner: 'redis' })
    .event(11, 'redis-0', 'Unhealthy', 'Readiness probe failed: command timed out: "redis-cli ping"');
  expect(said(b.request(18, REFUSED))).toEqual(['strategy-recreate certain']);
});

test('OOM kill while it drains: no SIGKILL of the kubelet is on record, and 27 s of grace were left', () => {
  const b = deletion({ exit: 15, exitCode: 137, sigkill: false });
  for (let t = 12.6; t < 14.8; t += 0.2) b.request(t, { pod: 'a1' });
  b.log(14.8, 'a1', 'begun', 'slow-1-1').request(14.8, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 0.2 });
  no(b, 'grace-too-short certain');
});

test('the same soon after SIGTERM', () => {
  const b = deletion({ exit: 13, exitCode: 137, sigkill: false }).request(11.5, {
    ...KEPT,
    request: 'kept-post-4-7',
    pod: 'a1',
  });
  no(b.request(12.9, { ...RESET, ...KEPT, request: 'kept-post-4-8', seconds: 0.1 }), 'accept-loop-blocked certain');
});

test('a segmentation fault while it drains', () => {
  const b = deletion({ exit: 15, exitCode: 139 });
  for (let t = 12.6; t < 14.8; t += 0.2) b.request(t, { pod: 'a1' });
  b.request(14.5, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
  no(b.request(14.95, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.05 }), 'keepalive-cut certain');
});

test('grace 0 (or --force): the object goes at once, without a deletionTimestamp', () => {
  const b = threeUp().request(8, { pod: 'a2' }).gone(12, 'a1').slice(12.1, ['a2', 'a3']);
  runtime(runtime(b, 12.05, 'sigkill'), 12.06, 'exit', 137).request(11.9, {
    ...KEPT,
    request: 'kept-post-4-7',
    pod: 'a1',
  });
  no(b.request(12, { ...RESET, ...KEPT, request: 'kept-post-4-8', seconds: 0.07 }), 'settles-too-soon certain');
});

test('server.close() of Node waits for kept connections, which go on being answered until SIGKILL', () => {
  const b = deletion({ exit: 42, exitCode: 137 });
  for (let i = 0; i < 30; i += 1) b.request(11.5 + i, { ...KEPT, request: `kept-post-3-${i}`, pod: 'a1' });
  b.request(41.97, { ...RESET, ...KEPT, request: 'kept-post-3-99', seconds: 0.03 });
  expect(said(b)).toEqual(['keepalive-pinned certain']);
});

test('no grace is long enough: it takes new connections to its last, though its first process has a handler (a shell with a trap)', () => {
  const b = deletion({ exit: 42, exitCode: 137 });
  for (let t = 12.5; t < 41.9; t += 1) b.request(t, { pod: 'a1' });
  b.log(41.9, 'a1', 'handled', 'new-1-9').request(41.9, { ...RESET, request: 'new-1-9', seconds: 0.1 });
  no(b, 'grace-too-short certain');
});

test('the fix is never less than what there is', () => {
  const context = (spec: object) =>
    ({ container: containerFacts(spec), lagMs: 0, longestMs: 200, settleMs: 0, service: {} }) as never;
  const patched = (cause: 'grace-too-short' | 'probe-timeout-under-load' | 'liveness-kills-under-load', spec: object) =>
    (
      FIXES[cause](context(spec)).patch!.patch as {
        spec: { template: { spec: { terminationGracePeriodSeconds: number; containers: object[] } } };
      }
    ).spec.template.spec;
  expect(patched('grace-too-short', {}).terminationGracePeriodSeconds).toBeGreaterThan(30);
  const probe = { timeoutSeconds: 10, failureThreshold: 10 };
  const { containers } = patched('probe-timeout-under-load', { containers: [{ name: 'app', readinessProbe: probe }] });
  expect(containers).toEqual([{ name: 'app', readinessProbe: { timeoutSeconds: 20, failureThreshold: 10 } }]);
});

test('killed though it handles SIGTERM; a sidecar beside it does not', () => {
  const b = deletion({ exit: 42, exitCode: 137 });
  b.add({ type: 'process', t: s(12), pod: 'a1', container: 'shipper', command: 'sh', catchesSigterm: false });
  b.log(30, 'a1', 'begun', 'slow-1-1').request(30, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 12 });
  expect(said(b)).toEqual(['grace-too-short certain']);
});

test('killed at its grace under tini, which has no handler and hears SIGTERM all the same', () => {
  const b = threeUp().request(8, { pod: 'a2' }).pod(12, 'a1', { terminating: true });
  b.slice(12.1, ['a2', 'a3'], ['a1']).gone(19, 'a1');
  const [tini] = parseProcesses('container ab\nName:\ttini\nSigCgt:\t0000000000000000\nSyscall: 128\n');
  const { command, catchesSigterm } = tini!;
  b.add({ type: 'process', t: s(12), pod: 'a1', container: 'app', command, catchesSigterm });
  runtime(runtime(runtime(b, 12.05, 'sigterm'), 17, 'sigkill'), 17.01, 'exit', 137);
  b.log(11.9, 'a1', 'begun', 'slow-1-1').request(11.9, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 5.12 });
  expect(said(b)).toEqual(['grace-too-short certain']);
});

test('the hook of a sidecar failed; the app’s own sleep of 5 s was carried out', () => {
  const b = deletion({ sigterm: 17.05, exit: 17.1 }, threeUp(new HistoryBuilder().pod(0.5, 'a1', { sleep: 5 })));
  b.object(12.05, 'Event', 'e1', {
    reason: 'FailedPreStopHook',
    message: 'PreStopHook failed',
    involvedObject: { kind: 'Pod', name: 'a1', fieldPath: 'spec.containers{shipper}' },
  });
  b.log(16, 'a1', 'begun', 'slow-1-1').request(16, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 1.1 });
  expect(said(b)).toEqual(['exits-without-draining certain']);
});

test('the hook ran for all of the grace; its exec ends, in error, as the container does', () => {
  const b = deletion({ sigterm: 42.05, exit: 42.1 }).event(42.15, 'a1', 'FailedPreStopHook', 'PreStopHook failed');
  b.log(41, 'a1', 'begun', 'slow-1-1').request(41, { ...RESET, lane: 'slow', request: 'slow-1-1', seconds: 1.1 });
  no(b, 'prestop-failed certain');
});

test('a pod crashes in mid-life, and is refused at before the proxy knows: no preStop sleep helps', () => {
  const b = runtime(upForLong(), 20.3, 'exit', 137);
  b.pod(20.5, 'a1', { ip: '10.244.0.1', ready: false, exitCode: 137 }).slice(20.6, ['a2', 'a3']);
  no(b.flow(20.801, '10.244.0.1', 6500).request(20.8, REFUSED), 'endpoint-lag certain');
});

test('an old pod, which the harness had set up 16 s before, is killed for want of memory', () => {
  const b = runtime(threeUp(), 17, 'exit', 137).request(16.5, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
  no(b.request(16.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 }), 'settles-too-soon certain');
});

test('an old pod was not ready for 2 s, and crashed 4 s later', () => {
  const b = runtime(upForLong().pod(14, 'a1', { ready: false }).pod(16, 'a1'), 20, 'exit', 137);
  b.request(19.5, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
  no(b.request(19.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 }), 'settles-too-soon certain');
});

test('evicted by the kubelet: no deletionTimestamp, phase Failed', () => {
  const b = runtime(threeUp().event(16.4, 'a1', 'Evicted', 'The node was low on resource: memory.'), 17, 'exit', 137);
  b.pod(17.2, 'a1', { ready: false, phase: 'Failed', exitCode: 137, disrupted: true }).request(16.5, {
    ...KEPT,
    request: 'kept-post-1-1',
    pod: 'a1',
  });
  no(b.request(16.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 }), 'settles-too-soon certain');
});

test('all pods answer 503 for 1.5 s, the one that drains among them', () => {
  const b = deletion({ exit: 20 });
  for (let t = 6; t < 19; t += 0.5)
    for (const pod of ['a1', 'a2', 'a3']) b.request(t, t >= 12.5 && t < 14 ? bad(503, pod) : { pod });
  no(b, 'unready-while-draining certain');
});

test('an error during the kubelet’s sleep: the app has been told nothing yet', () => {
  const b = deletion({ sigterm: 22, exit: 24 }, threeUp(new HistoryBuilder().pod(0.5, 'a1', { sleep: 10 })));
  no(b.request(14, bad(500, 'a1')), 'unready-while-draining certain');
});

test.each([
  ['strategy-recreate', { recreate: true }],
  ['single-replica-unavailable', { replicas: 1, surge: 0, unavailable: 1 }],
])('12 %s: not where nobody deleted a pod, and its readiness says 503 long after', (cause, deployment) => {
  const b = threeUp(new HistoryBuilder(), deployment).event(
    39,
    'a1',
    'Unhealthy',
    'Readiness probe failed: HTTP probe failed with statuscode: 503',
  );
  no(b.slice(40, []).request(41, REFUSED), `${cause} certain`);
});

test.each([{ recreate: true }, { replicas: 1, surge: 0, unavailable: 1 }])(
  '12b switched to a green that is not ready, from a blue that has %j',
  (deployment) => {
    const b = threeUp(new HistoryBuilder({ others: ['green'] }), deployment)
      .service(1, { track: 'blue' })
      .pod(11, 'g1', { owner: 'green-a', ready: false });
    expect(said(b.service(12, { track: 'green' }).slice(12.1, []).request(13, REFUSED))).toEqual([
      'switch-before-ready certain',
    ]);
  },
);

test('Recreate scaled to 0', () => {
  const b = threeUp(new HistoryBuilder(), { recreate: true }).deployment(11, {
    recreate: true,
    replicas: 0,
    generation: 2,
  });
  no(b.slice(12, []).request(13, REFUSED), 'strategy-recreate certain');
});

test.each([REFUSED, { ...REFUSED, errorCode: 1101, error: 'lookup web: no such host' }])(
  '13 switched well at 11, green ready ever since; at 50 one finds no connection: %j',
  (how) => {
    const b = threeUp(new HistoryBuilder({ others: ['green'] }))
      .service(1, { track: 'blue' })
      .pod(9, 'g1', { owner: 'green-a', ip: '10.244.0.8' });
    b.service(11, { track: 'green' }).slice(11.1, ['g1']);
    for (let t = 12; t < 55; t += 0.5) b.flow(t + 0.001, '10.244.0.8').request(t, { pod: 'g1' });
    no(b.request(50.2, how), 'switch-before-ready certain');
  },
);

test('sent 3 s before SIGTERM, cut by the app’s own limit of 5 s: nothing of the accept loop', () => {
  const b = deletion({}, threeUp().pod(1.1, 'a1', { ip: '10.244.0.9' }));
  no(
    b.flow(9.001, '10.244.0.9', 6500).request(9, { ...RESET, lane: 'slow', localPort: 6500, seconds: 8.05 }),
    'accept-loop-blocked certain',
  );
});

test('sent anew after SIGTERM, behind k6’s back, when another pod had kept it waiting: this one had nothing in hand', () => {
  const b = deletion({}, threeUp().pod(1.1, 'a1', { ip: '10.244.0.9' }));
  b.flow(12.5, '10.244.0.9', 6500);
  b.request(8, { ...RESET, lane: 'kept', request: 'kept-4-8', reused: true, localPort: 6500, seconds: 9.05 });
  expect(said(b)).toEqual(['accept-loop-blocked certain']);
});

test('hung since 7 s before SIGTERM, until its client’s patience ended', () => {
  const b = deletion().request(4, { ...KEPT, request: 'kept-post-4-7', pod: 'a1' });
  no(b.request(5, { ...TIMEOUT, ...KEPT, request: 'kept-post-4-8', seconds: 10 }), 'accept-loop-blocked certain');
});

test('the same in a pod that answers others: not closed under it, it waited for 15 s', () => {
  const b = deletion({ exit: 30 }).request(12.6, { pod: 'a1' }).request(14, { pod: 'a1' });
  b.request(6, { ...KEPT, request: 'kept-post-4-7', pod: 'a1' });
  no(b.request(7, { ...TIMEOUT, ...KEPT, request: 'kept-post-4-8', seconds: 15 }), 'keepalive-cut certain');
});

test('a full accept queue is not a closed listener: the dial timed out while the pod lived', () => {
  const b = deletion({ exit: 37 }, threeUp().pod(1.1, 'a1', { ip: '10.244.0.9' }));
  b.flow(12.501, '10.244.0.9', 6500).request(12.5, { ...REFUSED, ...TIMEOUT, seconds: 15 });
  expect(said(b)).toEqual(['accept-loop-blocked certain']);
});

test('a name that is not found has gone to no pod', () => {
  const b = deletion({ exit: 14 }, threeUp().pod(1.1, 'a1', { ip: '10.244.0.9' })).flow(12.301, '10.244.0.9');
  no(
    b.request(12.3, { ...REFUSED, errorCode: 1101, error: 'lookup web: no such host' }),
    'listener-closed-early certain',
  );
});

test('externalTrafficPolicy is nothing to who calls the ClusterIP', () => {
  const b = threeUp()
    .object(1, 'Service', 'web', { spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', selector: {} } })
    .pod(9, 'a2', { ip: '10.244.0.8' });
  for (let t = 12; t < 20; t += 0.5) b.flow(t + 0.001, '10.244.0.8').request(t, { pod: 'a2' });
  no(
    b.request(13.2, { ...REFUSED, errorCode: 1211, error: 'dial: i/o timeout', seconds: 0.2 }),
    'local-traffic-policy certain',
  );
});

test('the kubelet restarts a sidecar for its liveness probe; the app answers 500 10 s later', () => {
  const containers = [{ name: 'app', ports: [{ containerPort: 8000 }], readinessProbe: {} }, { name: 'shipper' }];
  const pod = (at: number, b: HistoryBuilder, restarts: object) =>
    b.object(at, 'Pod', 'a1', {
      spec: { containers },
      status: {
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          { name: 'app', restartCount: 0 },
          { name: 'shipper', ...restarts },
        ],
      },
    });
  const b = threeUp(pod(0.5, new HistoryBuilder(), { restartCount: 0 })).event(
    14,
    'a1',
    'Killing',
    'Container shipper failed liveness probe, will be restarted',
  );
  pod(15, b, { restartCount: 1, lastState: { terminated: { exitCode: 137, finishedAt: '2026-01-01T00:00:15Z' } } });
  no(b.request(25, bad(500, 'a1')), 'liveness-kills-under-load certain');
});

test('a crash 35 s after a restart for the liveness probe is another matter', () => {
  const b = upForLong().event(12, 'a1', 'Killing', 'Container app failed liveness probe, will be restarted');
  runtime(b, 13, 'exit', 0).pod(13.2, 'a1', { ready: false, restarts: 1 }).pod(16, 'a1', { restarts: 1 });
  runtime(b, 48, 'exit', 1).request(45, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' });
  no(
    b.request(47.99, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.02 }),
    'liveness-kills-under-load certain',
  );
});

test('without a probe, and it crashed under its first request: it did listen', () => {
  const b = runtime(
    threeUp().pod(12, 'b1', { owner: 'web-b', probe: false }).slice(12.1, ['a1', 'a2', 'a3', 'b1']),
    15.01,
    'exit',
    139,
    'b1',
  );
  b.request(13, { pod: 'a2' })
    .log(14.9, 'b1', 'begun', 'new-1-9')
    .request(14.8, { ...RESET, request: 'new-1-9', seconds: 0.2 });
  expect(said(b)).toEqual(['settles-too-soon certain']);
});

test('without a probe, up for five minutes, and nobody had asked it yet', () => {
  no(
    upForLong({ probe: false })
      .flow(20.001, '10.244.0.3', 6500)
      .request(20, { ...TIMEOUT, seconds: 15 }),
    'no-readiness-probe certain',
  );
});

test('a 404 of the app itself just before SIGKILL is no matter of grace', () => {
  no(deletion({ exit: 42, exitCode: 137 }).request(41.8, bad(404, 'a1')), 'grace-too-short certain');
});

test('likely, and wrong: a worker of the namespace, no endpoint of the Service, ended at that instant', () => {
  const b = threeUp()
    .request(8, { pod: 'a2' })
    .pod(1, 'worker', { owner: 'worker' })
    .pod(12, 'worker', { owner: 'worker', terminating: true });
  ends(
    b.pod(20.4, 'worker', { owner: 'worker', terminating: true, ready: false, exitCode: 0 }).gone(22, 'worker'),
    { exit: 20 },
    'worker',
  );
  no(b.request(14, { ...RESET, seconds: 6.05 }), 'accept-loop-blocked likely');
});

test('a pod is killed for want of memory, and the roll, which prefers those that are not ready, takes it 0.8 s later', () => {
  const b = runtime(threeUp().request(10.9, { ...KEPT, request: 'kept-post-1-1', pod: 'a1' }), 11.2, 'exit', 137);
  b.pod(11.4, 'a1', { ready: false, exitCode: 137 })
    .slice(11.5, ['a2', 'a3'])
    .pod(12, 'a1', { terminating: true, ready: false, exitCode: 137 })
    .gone(13, 'a1');
  no(b.request(11.1, { ...RESET, ...KEPT, request: 'kept-post-1-2', seconds: 0.12 }), 'grace-too-short likely');
});

test('the app declares no port, an exporter beside it does: whose exit is the pod’s?', () => {
  const containers = [
    { name: 'app', readinessProbe: {} },
    { name: 'exporter', ports: [{ containerPort: 9113 }] },
  ];
  const b = new HistoryBuilder().object(0.5, 'Pod', 'a1', {
    metadata: { ownerReferences: [{ kind: 'ReplicaSet', name: 'web-a', uid: 'web-a', controller: true }] },
    spec: { containers },
    status: { podIP: '10.244.0.9', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  b.object(0.6, 'Service', 'web', { spec: { selector: {}, ports: [{ port: 80, targetPort: 8000 }] } });
  threeUp(b)
    .request(8, { pod: 'a2' })
    .pod(12, 'a1', { terminating: true, ip: '10.244.0.9' })
    .slice(12.1, ['a2', 'a3'], ['a1']);
  for (const one of ['app', 'exporter']) runtime(b, 12.05, 'sigterm', undefined, 'a1', one);
  runtime(b, 12.06, 'exit', 2, 'a1', 'exporter');
  runtime(b, 20, 'exit', 0);
  b.pod(20.4, 'a1', { terminating: true, ready: false, exitCode: 0 }).gone(22, 'a1');
  // In the listen queue as the app closes its listener, and refused afterwards, while it drains for 8 s.
  b.flow(12.031, '10.244.0.9', 6500).request(12.03, { ...RESET, localPort: 6500, seconds: 0.05 });
  for (const [i, t] of [12.5, 14.5].entries()) b.flow(t + 0.001, '10.244.0.9', 6501 + i).request(t, REFUSED);
  expect(said(b)).toEqual(['listener-closed-early certain']);
});

test('a preStop hook that sleeps for 20 s is not mended by a sleep of 5', () => {
  const spec = {
    terminationGracePeriodSeconds: 45,
    containers: [{ name: 'app', lifecycle: { preStop: { exec: { command: ['sleep', '20'] } } } }],
  };
  const { patch } = FIXES['endpoint-lag']({
    container: containerFacts(spec),
    lagMs: 0,
    longestMs: 0,
    settleMs: 0,
    service: {},
  } as never);
  expect(JSON.stringify(patch ?? '')).not.toContain('"sleep":{"seconds":5}');
});

test('it says Connection: close with each answer: the next request of that client is on a new connection', () => {
  const b = threeUp()
    .request(8, { pod: 'a2' })
    .pod(12, 'a1', { terminating: true })
    .slice(12.1, ['a2', 'a3'], ['a1'])
    .gone(20, 'a1');
  runtime(b, 12.05, 'sigterm');
  runtime(b, 18.05, 'exit', 0);
  b.add({ type: 'log', t: s(55), pod: 'a1', container: 'app', from: s(1), until: s(18.05), whole: true });
  for (const [user, t] of [
    [1, 11],
    [2, 11.2],
  ])
    b.request(t!, { ...KEPT, request: `kept-post-${user}-1`, pod: 'a1' });
  b.request(16, { ...KEPT, request: 'kept-post-1-2', pod: 'a1' }).request(17, {
    lane: 'kept-post',
    request: 'kept-post-1-3',
    pod: 'a2',
  });
  expect(said(b.request(18.03, { ...RESET, ...KEPT, request: 'kept-post-2-2', seconds: 0.02 }))).toEqual([
    'keepalive-cut certain',
  ]);
});
