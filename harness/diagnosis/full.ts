import type { PodLife } from '../history/pod-lives.ts';
import { firstFrom } from '../history/sorted.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import type { Context } from './context.ts';
import type { Place } from './locate.ts';
import type { Phase } from './phase.ts';

/** A drop, and the pods that it may have gone to. */
export interface Placed {
  request: RequestSeen;
  phase: Phase;
  places: Place[];
}

/** What the drops say of pods that are full: that have as many connections as they take. */
export interface FullFacts {
  /** Requests that waited in such pods, and how many were answered meanwhile on connections that these had. */
  full: Map<RequestSeen, number>;
  /** From the first of them to the last, by pod. */
  fullSpans: { from: Nanos; to: Nanos }[];
}

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
  if (lives <= until || (context.handledBy.get(request.request)?.[0]?.t ?? END) < until) return 0;
  if ((context.goodProbes.get(pod.name) ?? []).some(({ from, to }) => from > t && to < until)) return 0;
  const answers = context.answers.get(pod.name) ?? [];
  let prompt = 0;
  for (let i = firstFrom(answers, t, (one) => one.t); i < answers.length && answers[i]!.t <= until; i += 1) {
    const answer = answers[i]!;
    if (answer.end > until) continue;
    if (!answer.reused) return 0;
    if (answer.end - answer.t <= (end - t) / 10) prompt += 1;
  }
  return prompt >= ENOUGH ? prompt : 0;
}

const END = Number.POSITIVE_INFINITY;

/** One that waits may be a packet that got lost: of a pod that takes no more, several wait at the same time. */
export function fullFacts(placed: Placed[], context: Context): FullFacts {
  const waiting = new Map<PodLife, { request: RequestSeen; answered: number }[]>();
  for (const one of placed) {
    const [place] = one.places;
    const answered = place?.sure ? answeredOnOthers(one, place.pod, context) : 0;
    if (answered === 0) continue;
    const own = waiting.get(place!.pod) ?? [];
    own.push({ request: one.request, answered });
    waiting.set(place!.pod, own);
  }
  const facts = { full: new Map<RequestSeen, number>(), fullSpans: [] as FullFacts['fullSpans'] };
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
