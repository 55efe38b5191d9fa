/** The causes that are known, in their precedence: where several fit a drop, the first is its primary cause. */
export const CAUSES = [
  'sigterm-ignored',
  'grace-too-short',
  'exits-without-draining',
  'accept-loop-blocked',
  'listener-closed-early',
  'keepalive-cut',
  'no-readiness-probe',
  'unready-while-draining',
  'strategy-recreate',
  'single-replica-unavailable',
  'endpoint-lag',
  'unattributed',
] as const;

export type CauseName = (typeof CAUSES)[number];

const PRESTOP = `spec:
  template:
    spec:
      containers:
        - name: app
          lifecycle:
            preStop:
              sleep:
                seconds: 5`;

/** The smallest fix of each cause: first a line for people, then, where there is one, a strategic merge patch. */
export const FIXES: Record<CauseName, string> = {
  'sigterm-ignored': 'let the app get SIGTERM: exec form (or an init as PID 1), and a handler that drains',
  'grace-too-short':
    'terminationGracePeriodSeconds of at least the preStop sleep, the longest request and a margin together',
  'exits-without-draining':
    'on SIGTERM stop accepting, finish what is in flight, then exit; and a preStop sleep, so that no new connection comes meanwhile',
  'accept-loop-blocked': `a preStop sleep, and a handler that does not block: go on answering, close each connection as it is answered, then exit\n${PRESTOP}`,
  'listener-closed-early': `a preStop sleep longer than the endpoints lag behind\n${PRESTOP}`,
  'keepalive-cut': 'answer with `Connection: close` while draining, and close idle connections last',
  'no-readiness-probe': 'a readiness probe that fails until the service listens',
  'unready-while-draining': 'go on answering normally while draining; only the readiness endpoint may fail',
  'strategy-recreate':
    'strategy RollingUpdate\nspec:\n  strategy:\n    type: RollingUpdate\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0',
  'single-replica-unavailable':
    'maxSurge 1 and maxUnavailable 0, and two replicas or more\nspec:\n  strategy:\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 0',
  'endpoint-lag': `a preStop sleep longer than the endpoints lag behind\n${PRESTOP}`,
  unattributed: '',
};
