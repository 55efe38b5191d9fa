import { endOf, type PodLife } from '../history/pod-lives.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import type { Context } from './context.ts';
import { type FullFacts, fullFacts, type Placed } from './full.ts';
import { locate, type Place } from './locate.ts';
import { type Phase, phaseOf, REFUSED } from './phase.ts';

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

/** Each a set of owners (ReplicaSets, hence pod templates): what one pod of them does at its end, all do. */
export interface DropFacts extends FullFacts {
  /** Their processes ended with requests in flight. */
  cutInFlight: Set<string>;
  /** They refused connections while their processes still lived. */
  closedAlive: Set<string>;
  /** Something else was lost at their end, or after it, than what was on kept connections. */
  missed: Set<string>;
}

/** Whether a cause explains a drop: a statement about joined evidence. */
export type Rule = (drop: Drop) => boolean;

/**
 * The runtime stamps a process's end as it hears of it, and SIGTERM as it sets out to send it, which on a busy machine is a
 * tenth of a second before the process gets it. Measured: of 24 processes that exit at SIGTERM, the first refusal came 50 ms
 * before the stamp of their end at the earliest, and what they cut lay from 57 ms before it to 82 ms after; of 11 servers that
 * close their listener and finish what they have begun, the first refusal came 120 to 430 ms before their end. Those say by
 * their code that they ended in order: of another one (a signal's, Go's 2) it takes more to believe that it lived on.
 */
const LIVED_ON: Nanos = 0.1e9;
const LIVED_ON_IN_DISORDER: Nanos = 0.3e9;
const CUT_AROUND: Nanos = 0.15e9;

function closedAlive({ end }: RequestSeen, { sigterm, exit, exitCode }: PodLife): boolean {
  if (sigterm === undefined || exit === undefined || end < sigterm - EARLY) return false;
  return end < exit - (exitCode === 0 ? LIVED_ON : LIVED_ON_IN_DISORDER);
}

/** A watch may tell of an instant a little after it was; a client may see a reset before the exit is stamped. */
export const EARLY: Nanos = 0.2e9;

function cutByExit({ t, end }: RequestSeen, { sigterm, exit }: PodLife): boolean {
  if (sigterm === undefined) return false;
  if (exit === undefined) return t < sigterm && end >= sigterm - EARLY;
  return t < exit && Math.abs(end - exit) <= CUT_AROUND;
}

/** Each drop once for every pod that it may have gone to; once without a pod where none fits. */
export function placeDrops(dropped: RequestSeen[], context: Context): Drop[][] {
  const placed: Placed[] = dropped.map((request) => ({
    request,
    phase: phaseOf(request, context),
    places: locate(request, context),
  }));
  const facts: DropFacts = {
    cutInFlight: new Set(),
    closedAlive: new Set(),
    missed: new Set(),
    ...fullFacts(placed, context),
  };
  for (const { request, phase, places } of placed) {
    const [place] = places;
    if (place === undefined || !place.sure) continue;
    const { pod } = place;
    if (phase === 'connect' && request.errorCode === REFUSED && closedAlive(request, pod))
      facts.closedAlive.add(pod.owner);
    // Idle connections are closed too: only what the server had begun with was in flight.
    const begun = context.handledBy.has(request.request) || phase === 'request' || phase === 'response';
    if (begun && cutByExit(request, pod)) facts.cutInFlight.add(pod.owner);
    if ((begun || phase === 'connect') && request.end >= (endOf(pod) ?? Number.POSITIVE_INFINITY) - CUT_AROUND)
      facts.missed.add(pod.owner);
  }
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
export function answeredWithin(
  { name }: PodLife,
  { answers }: Context,
  from: Nanos,
  to: Nanos,
  fresh = false,
): boolean {
  return (answers.get(name) ?? []).some(({ t, reused }) => t >= from && t <= to && !(fresh && reused));
}

/** An event of this reason about an object, in [from, to] where that is given. */
export function said(context: Context, reason: string, about: string, from = Number.NEGATIVE_INFINITY, to = Infinity) {
  return context.events.find((one) => one.reason === reason && one.about === about && one.t >= from && one.t <= to);
}
