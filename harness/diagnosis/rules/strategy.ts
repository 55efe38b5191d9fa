import type { Rule } from '../drop.ts';
import { outage } from './readiness.ts';

/** Causes that lie in what the Deployment asks for. They need no pod: there is none. */
export const STRATEGY = {
  'strategy-recreate': ({ request, phase, context }) =>
    phase === 'connect' && context.deployment?.strategy === 'Recreate' && outage(request.t, request.end, context),

  'single-replica-unavailable': ({ request, phase, context }) =>
    phase === 'connect' &&
    context.deployment?.strategy !== 'Recreate' &&
    context.floor === 0 &&
    outage(request.t, request.end, context),
} satisfies Record<string, Rule>;
