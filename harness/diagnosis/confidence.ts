import { isTimeOut } from '../checks/probe-failures.ts';
import { catchesSigterm } from '../history/pod-lives.ts';
import type { Nanos } from '../history/types.ts';
import type { CauseName } from './catalogue.ts';
import { readyEndpointsAt } from './context.ts';
import { type Drop, surelyNotHandled } from './drop.ts';
import { turnedAway } from './locate.ts';
import { timeOuts } from './rules/readiness.ts';

export type Confidence = 'certain' | 'likely' | 'unattributed';

/** What a cause's rule rests on; each has to be on record, not inferred, for a drop to be explained for certain. */
type Ground =
  | 'pod'
  | 'runtime'
  | 'process'
  | 'deaf'
  | 'not-handled'
  | 'no-endpoint'
  | 'turned-away'
  | 'cut-in-flight'
  | 'closed-alive'
  | 'who-met-whom'
  | 'limit-reached'
  | 'processor-to-spare'
  | 'probe-timed-out';

const GROUNDS: Partial<Record<CauseName, Ground[]>> = {
  'sigterm-ignored': ['pod', 'runtime', 'deaf'],
  'exits-without-draining': ['pod', 'runtime', 'cut-in-flight'],
  'listener-closed-early': ['pod', 'runtime', 'closed-alive', 'not-handled'],
  'accept-loop-blocked': ['pod', 'runtime', 'not-handled'],
  'grace-too-short': ['pod', 'runtime', 'process'],
  'prestop-failed': ['pod', 'runtime'],
  'keepalive-cut': ['pod', 'runtime', 'not-handled'],
  'keepalive-pinned': ['pod', 'runtime'],
  'stream-cut': ['pod', 'runtime'],
  'connection-limit': ['pod', 'limit-reached'],
  'liveness-kills-under-load': ['pod', 'processor-to-spare', 'probe-timed-out'],
  // Causes of the Deployment or the Service as a whole need no pod: there was none.
  'probe-timeout-under-load': ['no-endpoint', 'processor-to-spare'],
  'strategy-recreate': ['no-endpoint'],
  'single-replica-unavailable': ['no-endpoint'],
  'switch-before-ready': ['no-endpoint'],
  'local-traffic-policy': ['turned-away'],
  'incompatible-versions': ['who-met-whom'],
};

/** Confidence in one drop's cause. */
export function confidenceIn(cause: CauseName, drop: Drop): Confidence {
  if (cause === 'unattributed') return 'unattributed';
  const grounds = GROUNDS[cause] ?? ['pod'];
  return grounds.every((ground) => HOLDS[ground](drop)) ? 'certain' : 'likely';
}

/** The request may have ended a little before what killed its pod was told. */
const CRASHES_BEFORE: Nanos = 2e9;

const HOLDS: Record<Ground, (drop: Drop) => boolean> = {
  pod: ({ place }) => place?.sure ?? false,
  runtime: ({ place }) => place?.pod.sigterm !== undefined && place.pod.exit !== undefined,
  process: ({ place }) => place !== undefined && catchesSigterm(place.pod) !== undefined,
  deaf: ({ place }) => place !== undefined && catchesSigterm(place.pod) === false,
  'no-endpoint': ({ request, context }) => readyEndpointsAt(context, request.t) === 0 || turnedAway(request, context),
  'cut-in-flight': ({ place, facts }) => facts.cutInFlight.has(place?.pod.owner ?? ''),
  'closed-alive': ({ place, facts }) => facts.closedAlive.has(place?.pod.owner ?? ''),
  // Which version asked which other is between the two, and on nobody's record.
  'who-met-whom': () => false,
  // That it has a limit, and not something that accepts and is stuck, only its settings say.
  'limit-reached': () => false,
  // What ran out of time may have done so for want of one.
  'processor-to-spare': ({ request, context }) =>
    [request.t, request.end, ...timeOuts(request, context).map(({ t }) => t)].every((t) => !context.starvedAt(t)),
  // It may also have been asked for what is not there.
  'probe-timed-out': ({ place, context, request }) =>
    context.events.some(
      (one) =>
        one.about === place?.pod.name &&
        one.reason === 'Unhealthy' &&
        one.message.startsWith('Liveness') &&
        isTimeOut(one.message) &&
        one.t < request.end + CRASHES_BEFORE,
    ),
  'turned-away': ({ request, context }) => turnedAway(request, context),
  // Where no connection came about, nothing can have been handled.
  'not-handled': (drop) => drop.phase === 'connect' || surelyNotHandled(drop),
};
