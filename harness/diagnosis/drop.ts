import { endOf, type PodLife } from '../history/pod-lives.ts';
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

/** Each a set of owners (ReplicaSets, hence pod templates): what one pod of them does at its end, all do. */
export interface DropFacts {
  /** Their processes ended with requests in flight. */
  cutInFlight: Set<string>;
  /** They refused connections while their processes still lived. */
  closedAlive: Set<string>;
  /** Something else was lost at their end, or after it, than what was on kept connections. */
  missed: Set<string>;
  /** Requests that waited in pods which took no other connections, and how many were answered meanwhile on those that they had. */
  full: Map<RequestSeen, number>;
  /** From the first of them to the last, by pod. */
  fullSpans: { from: Nanos; to: Nanos }[];
}

/** A drop, and the pods that it may have gone to. */
interface Placed {
  request: RequestSeen;
  phase: Phase;
  places: Place[];
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

/** A wait that is long for any answer, and long enough for others to be answered meanwhile. */
const WAITED: Nanos = 1e9;
const ENOUGH = 5;

/**
 * A request was sent on a connection of its own, waited, and had no answer. For most of that time its pod lived, and nobody was
 * ending it; it answered several requests on connections that it had already, each in a tenth of that time at most, and
 * nothing on a newer one: no request, and no direct call of ours. Nor had it begun with this one, as far as its log says.
 *
 * @returns how many it answered so; 0 where that is not how it was
 */
function answeredOnOthers({ request, phase }: Placed, pod: PodLife, context: Context): number {
  const { t, end, reused, phases } = request;
  if ((phase !== 'request' && phase !== 'response') || reused || context.proxied || end - t < WAITED) return 0;
  // In the end others may have let go of theirs, and all that waited are taken at once: their answers come too late.
  const until = t + 0.8 * (end - t);
  const { blocked, connecting, tls, sending, waiting } = phases;
  if (phase === 'response' && t + (blocked + connecting + tls + sending + waiting) * 1e6 < until) return 0;
  const lives = Math.min(pod.deleted ?? END, pod.sigterm ?? END, ...pod.crashes.map((one) => one.t));
  if (lives <= until || (context.handledAt.get(request.request) ?? END) < until) return 0;
  if ((context.goodProbes.get(pod.name) ?? []).some(({ from, to }) => from > t && to < until)) return 0;
  const answers = context.answers.get(pod.name) ?? [];
  let prompt = 0;
  for (let i = firstFrom(answers, t); i < answers.length && answers[i]!.from <= until; i += 1) {
    const { from, to, reused: kept } = answers[i]!;
    if (to > until) continue;
    if (!kept) return 0;
    if (to - from <= (end - t) / 10) prompt += 1;
  }
  return prompt >= ENOUGH ? prompt : 0;
}

const END = Number.POSITIVE_INFINITY;

/** Index of the first that began at an instant or later. Ascending by that. */
function firstFrom(answers: readonly { from: Nanos }[], t: Nanos): number {
  let [low, high] = [0, answers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (answers[middle]!.from < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One that waits may be a packet that got lost: of a pod that takes no more, several wait at the same time. */
function full(placed: Placed[], context: Context): Pick<DropFacts, 'full' | 'fullSpans'> {
  const waiting = new Map<PodLife, { request: RequestSeen; answered: number }[]>();
  for (const one of placed) {
    const [place] = one.places;
    const answered = place?.sure ? answeredOnOthers(one, place.pod, context) : 0;
    if (answered === 0) continue;
    const own = waiting.get(place!.pod) ?? [];
    own.push({ request: one.request, answered });
    waiting.set(place!.pod, own);
  }
  const facts = { full: new Map<RequestSeen, number>(), fullSpans: [] as DropFacts['fullSpans'] };
  for (const own of waiting.values()) {
    own.sort((a, b) => a.request.t - b.request.t);
    const several = own.filter(
      ({ request: { t, end } }, i) => (own[i + 1]?.request.t ?? END) < end || (own[i - 1]?.request.end ?? -END) > t,
    );
    for (const { request, answered } of several) facts.full.set(request, answered);
    const ends = several.map(({ request }) => request.end);
    if (several.length > 0) facts.fullSpans.push({ from: several[0]!.request.t, to: Math.max(...ends) });
  }
  return facts;
}

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
    ...full(placed, context),
  };
  for (const { request, phase, places } of placed) {
    const [place] = places;
    if (place === undefined || !place.sure) continue;
    const { pod } = place;
    if (phase === 'connect' && closedAlive(request, pod)) facts.closedAlive.add(pod.owner);
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
export function answeredWithin({ name }: PodLife, { answers }: Context, from: Nanos, to: Nanos): boolean {
  return (answers.get(name) ?? []).some((answer) => answer.from >= from && answer.from <= to);
}

/** An event of this reason about an object, in [from, to] where that is given. */
export function said(context: Context, reason: string, about: string, from = Number.NEGATIVE_INFINITY, to = Infinity) {
  return context.events.find((one) => one.reason === reason && one.about === about && one.t >= from && one.t <= to);
}
