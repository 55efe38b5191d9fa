import type { CauseName } from './catalogue.ts';

/** Each cause as a clause that follows "dropped 163 requests: …". */
export const WHAT_HAPPENS: Record<CauseName, string> = {
  'sigterm-ignored': 'the pods do not heed SIGTERM, and are killed with requests in hand',
  'exits-without-draining': 'the pods exit while connections are open',
  'listener-closed-early': 'the pods stop listening while proxies still send to them',
  'accept-loop-blocked': 'the pods live on after SIGTERM, but accept nothing',
  'grace-too-short': 'the grace period runs out while requests are in hand',
  'prestop-failed': 'the preStop hook fails, so that nothing waits before SIGTERM',
  'keepalive-cut': 'the pods close idle connections as the next request is on its way',
  'keepalive-pinned': 'clients keep connections to pods that are ending',
  'stream-cut': 'streams that are open are cut when their pods end',
  'no-readiness-probe': 'new pods get requests before they listen',
  'ready-before-warm': 'new pods call themselves ready before they can do their work',
  'settles-too-soon': 'new pods crash after old ones were taken down for them',
  'probe-timeout-under-load': 'busy pods fail their readiness probe, until no endpoint is left',
  'liveness-kills-under-load': 'busy pods fail their liveness probe, and are restarted',
  'unready-while-draining': 'the pods answer errors while they drain',
  'strategy-recreate': 'the strategy Recreate takes all pods down before it makes new ones',
  'single-replica-unavailable': 'the only pod is taken down before its successor is up',
  'switch-before-ready': 'the selector is switched to a side that is not ready',
  'blue-removed-too-soon': 'the old side is removed while clients still talk to it',
  'local-traffic-policy': 'the Service sends to pods of the same node only, and there is none',
  'headless-dns': 'clients go on using addresses of pods that are gone',
  'stale-flow': 'connections follow an older entry of the proxy, to a pod that is gone',
  'endpoint-lag': 'proxies still send to pods that have left the endpoints',
  unattributed: 'the evidence does not say why',
};
