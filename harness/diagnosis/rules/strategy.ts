import { type Drop, type Rule, unanswered } from '../drop.ts';
import { nothingReady } from '../locate.ts';
import { outage } from './readiness.ts';

/** Causes that lie in what the Deployment asks for. They need no pod: there is none. */
export const STRATEGY = {
  'strategy-recreate': (drop) => drop.context.deployment?.strategy === 'Recreate' && fellIntoIt(drop),

  'single-replica-unavailable': (drop) =>
    drop.context.deployment?.strategy !== 'Recreate' &&
    (drop.context.deployment?.replicas ?? 0) > 0 &&
    drop.context.floor === 0 &&
    !crashedNear(drop) &&
    fellIntoIt(drop),
} satisfies Record<string, Rule>;

/** A pod that crashed is what was missing, not one that the strategy took away. */
const crashedNear = ({ request, context }: Drop) =>
  context.pods.some(({ crashes }) => crashes.some(({ t }) => t <= request.end && request.t - t < 60e9));

/** It found no ready endpoint; or, for want of one, was sent to a pod that was about to end. */
function fellIntoIt(drop: Drop): boolean {
  const { request, phase, context } = drop;
  if (phase === 'connect') return outage(request.t, request.end, context);
  return unanswered(drop) && phase === 'request' && nothingReady(request, context);
}
