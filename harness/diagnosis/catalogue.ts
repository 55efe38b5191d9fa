import type { Context } from './context.ts';
import type { ProbeFacts } from './facts.ts';

/**
 * The causes that can be told, in their precedence: where several fit a drop, the first is its primary cause, the others
 * had a part in it. Each has a page in docs/causes/.
 */
export const CAUSES = [
  'sigterm-ignored',
  'exits-without-draining',
  'listener-closed-early',
  'accept-loop-blocked',
  'grace-too-short',
  'prestop-failed',
  'keepalive-cut',
  'keepalive-pinned',
  'stream-cut',
  'no-readiness-probe',
  'ready-before-warm',
  'settles-too-soon',
  'connection-limit',
  'probe-timeout-under-load',
  'liveness-kills-under-load',
  'unready-while-draining',
  'strategy-recreate',
  'single-replica-unavailable',
  'switch-before-ready',
  'blue-removed-too-soon',
  'local-traffic-policy',
  'headless-dns',
  'stale-flow',
  'endpoint-lag',
  'incompatible-versions',
  'unattributed',
] as const;

export type CauseName = (typeof CAUSES)[number];

/** The smallest change that ends a cause: words, and a strategic merge patch of the Deployment where one can do it. */
export interface Fix {
  text: string;
  /** Of the Deployment (or, where `kind` says so, of the Service). A half measure where `needsCode`. */
  patch?: { kind: 'Deployment' | 'Service'; patch: object };
  /** The application has to change as well. */
  needsCode: boolean;
}

type FixOf = (context: Pick<Context, 'container' | 'lagMs' | 'longestMs' | 'service' | 'settleMs'>) => Fix;

/** By cause; `unattributed` has none. */
export const FIXES: Record<Exclude<CauseName, 'unattributed'>, FixOf> = {
  'sigterm-ignored': () => ({
    text: 'let the app get SIGTERM: exec form (or an init as PID 1), and a handler that drains',
    needsCode: true,
  }),
  'exits-without-draining': (context) => ({
    text: 'on SIGTERM stop accepting, finish what is in flight, then exit; and a preStop sleep, so that no new connection comes meanwhile',
    ...preStop(context),
    needsCode: true,
  }),
  'listener-closed-early': (context) => ({
    text: 'a preStop sleep longer than the endpoints lag behind',
    ...preStop(context),
    needsCode: false,
  }),
  'accept-loop-blocked': (context) => ({
    text: 'a preStop sleep, and a handler that does not block: go on answering, close each connection as it is answered, then exit',
    ...preStop(context),
    needsCode: true,
  }),
  'grace-too-short': ({ container, longestMs }) => ({
    text: 'terminationGracePeriodSeconds of at least the preStop sleep, the longest request and a margin together',
    patch: template({
      // Never less than what was not enough.
      terminationGracePeriodSeconds: Math.max(
        (container.preStopSleep ?? 0) + Math.ceil(longestMs / 1000) + 15,
        container.gracePeriodSeconds + 15,
      ),
    }),
    needsCode: false,
  }),
  'prestop-failed': (context) => ({
    text: 'the preStop action `sleep`, which needs no program in the image',
    patch: sleepPatch(context),
    needsCode: false,
  }),
  'keepalive-cut': () => ({
    text: 'answer with `Connection: close` while draining, and close idle connections last',
    needsCode: true,
  }),
  'keepalive-pinned': () => ({
    text: 'answer with `Connection: close` from the preStop on, so that clients let go of the pod before it ends',
    needsCode: true,
  }),
  'stream-cut': () => ({
    text: 'end each stream by yourself within less than the grace period: its clients then reconnect to another pod',
    needsCode: true,
  }),
  'no-readiness-probe': ({ container }) => ({
    text: 'a readiness probe that fails until the service listens',
    // Without a declared port nobody knows where it listens: a guess would stall the rollout.
    ...(container.port === undefined
      ? {}
      : {
          patch: containerPatch(container.name, {
            readinessProbe: { tcpSocket: { port: container.port }, periodSeconds: 1 },
          }),
        }),
    needsCode: false,
  }),
  'ready-before-warm': () => ({ text: 'let the readiness endpoint fail until the service is warm', needsCode: true }),
  'settles-too-soon': ({ settleMs }) => ({
    text: 'minReadySeconds longer than it takes a broken pod to crash',
    patch: { kind: 'Deployment', patch: { spec: { minReadySeconds: Math.ceil(settleMs / 1000) + 5 } } },
    needsCode: false,
  }),
  'connection-limit': () => ({
    text: "raise the server's limit of connections above what all clients can keep open to the pods that are left during a roll, or let it close idle ones sooner",
    needsCode: true,
  }),
  'probe-timeout-under-load': ({ container }) => ({
    text: 'a longer timeoutSeconds and a higher failureThreshold of the readiness probe, or more capacity',
    patch: containerPatch(container.name, { readinessProbe: laxer(container.readiness, 5, 3) }),
    needsCode: false,
  }),
  'liveness-kills-under-load': ({ container }) => ({
    text: 'a laxer liveness probe, on a path that does no work',
    patch: containerPatch(container.name, { livenessProbe: laxer(container.liveness, 5, 6) }),
    needsCode: false,
  }),
  'unready-while-draining': () => ({
    text: 'go on answering normally while draining; only the readiness endpoint may fail',
    needsCode: true,
  }),
  'strategy-recreate': () => ({ text: 'strategy RollingUpdate', patch: rollingUpdate(), needsCode: false }),
  'single-replica-unavailable': () => ({
    text: 'maxSurge 1 and maxUnavailable 0, and two replicas or more',
    patch: rollingUpdate(),
    needsCode: false,
  }),
  'switch-before-ready': () => ({
    text: 'wait until the new side has ready endpoints before the selector is switched',
    needsCode: false,
  }),
  'blue-removed-too-soon': () => ({
    text: 'after the switch let the old side drain: wait until its last connection is gone, then remove it',
    needsCode: false,
  }),
  'local-traffic-policy': ({ service }) => ({
    text: `${service.localTraffic ?? 'externalTrafficPolicy'} Cluster, or pods on every node that takes traffic`,
    patch: { kind: 'Service', patch: { spec: { [service.localTraffic ?? 'externalTrafficPolicy']: 'Cluster' } } },
    needsCode: false,
  }),
  'headless-dns': () => ({
    text: 'a Service with a ClusterIP: names of a headless one live on in clients for their time to live',
    needsCode: false,
  }),
  'stale-flow': () => ({
    text: 'let the pod close its connections in order before it ends: what is reset leaves an entry behind, which the next connection from the same port follows',
    needsCode: true,
  }),
  'endpoint-lag': (context) => ({
    text: 'a preStop sleep longer than the endpoints lag behind',
    ...preStop(context),
    needsCode: false,
  }),
  'incompatible-versions': () => ({
    text: 'in two releases: first one that understands both and still says what the old one does, then one that says the new',
    needsCode: true,
  }),
};

export const fixOf = (cause: CauseName, context: Parameters<FixOf>[0]): Fix | undefined =>
  cause === 'unattributed' ? undefined : FIXES[cause](context);

/** None where the hook is a program or a call, which may wait longer, or drain: it is to wait, too, whatever it does. */
const preStop = (context: Parameters<FixOf>[0]): Pick<Fix, 'patch'> => {
  const patch = context.container.otherPreStop === undefined ? sleepPatch(context) : undefined;
  return patch === undefined ? {} : { patch };
};

/**
 * Twice the longest lag that was measured, 5 s at least, because a proxy is slower on a bad day; more than what is there
 * already. The sleep counts against the grace period, which grows with it where it has to.
 */
function sleepPatch({ container, lagMs }: Parameters<FixOf>[0]): Fix['patch'] {
  const { name, preStopSleep, otherPreStop, gracePeriodSeconds } = container;
  const there = preStopSleep === undefined ? 0 : preStopSleep + 5;
  const seconds = Math.max(5, Math.ceil((2 * lagMs) / 1000), there);
  const hook = { sleep: { seconds }, ...(otherPreStop === undefined ? {} : { [otherPreStop]: null }) };
  const grace = seconds + LEFT_TO_DRAIN > gracePeriodSeconds ? { terminationGracePeriodSeconds: seconds + 30 } : {};
  return template({ ...grace, containers: [{ name, lifecycle: { preStop: hook } }] });
}

/** More than what is there already. */
const laxer = ({ timeoutSeconds = 1, failureThreshold = 3 }: ProbeFacts = {}, seconds: number, times: number) => ({
  timeoutSeconds: timeoutSeconds < seconds ? seconds : 2 * timeoutSeconds,
  failureThreshold: Math.max(failureThreshold, times),
});

/** Seconds of the grace period that a sleep should leave. */
const LEFT_TO_DRAIN = 15;

function containerPatch(name: string, container: object): Fix['patch'] {
  return template({ containers: [{ name, ...container }] });
}

function template(spec: object): Fix['patch'] {
  return { kind: 'Deployment', patch: { spec: { template: { spec } } } };
}

function rollingUpdate(): Fix['patch'] {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  return { kind: 'Deployment', patch: { spec: { strategy } } };
}
