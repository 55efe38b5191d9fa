import type { PodLife } from '../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import type { Context } from './context.ts';
import { locate, type Place } from './locate.ts';
import { type Phase, phaseOf } from './phase.ts';

/** Everything that a rule may look at. */
export interface Drop {
  request: RequestSeen;
  phase: Phase;
  /** One pod that it may have gone to; undefined where none fits. */
  place: Place | undefined;
  context: Context;
  /** What all drops together say of the pods. */
  facts: DropFacts;
}

export interface DropFacts {
  /** Owners (ReplicaSets, hence pod templates) of pods that cut requests which had begun before SIGTERM. */
  cutInFlight: Set<string>;
}

/** Whether a cause explains a drop: a statement about joined evidence. */
export type Rule = (drop: Drop) => boolean;

/** Each drop once for every pod that it may have gone to; once without a pod where none fits. */
export function placeDrops(dropped: RequestSeen[], context: Context): Drop[][] {
  const placed = dropped.map((request) => ({ request, phase: phaseOf(request), places: locate(request, context) }));
  const cutInFlight = new Set<string>();
  for (const { request, phase, places } of placed) {
    const [place] = places;
    if (place === undefined || !place.sure || phase === 'connect' || phase === 'answer') continue;
    const { sigterm, owner } = place.pod;
    // Idle connections are closed too: only what the server had begun with was in flight.
    const begun = context.handledBy.has(request.request) || phase !== 'reused';
    if (begun && sigterm !== undefined && request.t < sigterm && request.end >= sigterm - 0.2e9) cutInFlight.add(owner);
  }
  const facts = { cutInFlight };
  return placed.map(({ request, phase, places }) =>
    (places.length === 0 ? [undefined] : places).map((place) => ({ request, phase, place, context, facts })),
  );
}

export const unanswered = ({ phase }: Drop): boolean => phase !== 'answer';

/** A pod's log has its id. */
export const wasHandled = ({ request, context }: Drop): boolean => context.handledBy.has(request.request);

/** That no log has its id is known: the pod's log was read whole, beyond the request's end. */
export function surelyNotHandled({ request, place, context }: Drop): boolean {
  if (!context.logsIds || place === undefined || context.handledBy.has(request.request)) return false;
  const until = context.logWholeUntil.get(place.pod.name);
  return until !== undefined && until >= Math.min(request.end, place.pod.exit ?? Number.POSITIVE_INFINITY);
}

/** It answered a request that began in [from, to]. */
export function answeredWithin({ name }: PodLife, { answers }: Context, from: Nanos, to: Nanos): boolean {
  return (answers.get(name) ?? []).some((answer) => answer.from >= from && answer.from <= to);
}

/** An event of this reason about an object, in [from, to] where that is given. */
export function said(context: Context, reason: string, about: string, from = Number.NEGATIVE_INFINITY, to = Infinity) {
  return context.events.find((one) => one.reason === reason && one.about === about && one.t >= from && one.t <= to);
}
