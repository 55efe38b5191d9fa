import type { Nanos } from '../../history/types.ts';
import { type Drop, type Rule, unanswered } from '../drop.ts';
import { nothingReady } from '../locate.ts';
import { outage, outageBegan } from './readiness.ts';

/** Causes that lie in what the Deployment asks for. They need no pod: there is none. */
export const STRATEGY = {
  'strategy-recreate': (drop) =>
    drop.context.deployment?.strategy === 'Recreate' &&
    (drop.context.deployment?.replicas ?? 0) > 0 &&
    fellIntoIt(drop),

  'single-replica-unavailable': (drop) =>
    drop.context.deployment?.strategy !== 'Recreate' &&
    (drop.context.deployment?.replicas ?? 0) > 0 &&
    drop.context.floor === 0 &&
    fellIntoIt(drop),
} satisfies Record<string, Rule>;

/**
 * The last ready endpoint went because the controller took its pod away: not by a probe, a crash or a switch of the selector,
 * and not because somebody evicted or deleted it.
 */
function tookThemDown({ request, context }: Drop): boolean {
  const began = outageBegan(request.t, context, request.end);
  return context.pods.some(
    ({ deleted, endpointRemoved, owner, disrupted }) =>
      deleted !== undefined &&
      disrupted === undefined &&
      context.wantedOf(owner, deleted + TOLD) === 0 &&
      endpointRemoved !== undefined &&
      Math.abs(endpointRemoved - began) < TOLD &&
      deleted < began + TOLD &&
      endpointRemoved > deleted - TOLD,
  );
}

/** Watches of pods and of slices tell of one instant at several. */
const TOLD: Nanos = 2e9;

/** It found no ready endpoint; or, for want of one, was sent to a pod that was about to end. */
function fellIntoIt(drop: Drop): boolean {
  const { request, phase, context } = drop;
  if (!tookThemDown(drop)) return false;
  if (phase === 'connect') return outage(request.t, request.end, context);
  return unanswered(drop) && phase === 'request' && nothingReady(request, context);
}
