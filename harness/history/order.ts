import type { GapSeen, Nanos, ObjectSeen } from './types.ts';

/** An object's event, and the latest instant at which it can have happened. */
export interface Played {
  event: ObjectSeen;
  t: Nanos;
}

/**
 * Puts objects' events in the order in which the apiserver took them. Each kind is watched over a connection of its own,
 * so the order of receipt tells nothing across kinds; resourceVersions do, being one sequence within an apiserver. What
 * was received after it happened no later than it, which is where `t` comes from.
 *
 * Versions that are no whole numbers leave the order of receipt.
 *
 * @param events in the order of receipt
 */
export function inOrder(events: ObjectSeen[], gaps: GapSeen[]): Played[] {
  const ranks = ranksOf(events, gaps);
  const order = events.map((_, index) => index);
  if (ranks !== undefined) order.sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  const played = order.map((index) => ({ event: events[index]!, t: events[index]!.t }));
  for (let i = played.length - 2; i >= 0; i--) played[i]!.t = Math.min(played[i]!.t, played[i + 1]!.t);
  return played;
}

/** Where lists with which the watches begin are: before everything, because their objects' versions may be of any age. */
const FIRST = -1;

/**
 * By event. Mostly its version; but when what a later list shows came about is not known (its versions may be old, and
 * an object that is missing has none): it comes after all that had been received by then, and so does the rest of its
 * kind.
 */
function ranksOf(events: ObjectSeen[], gaps: GapSeen[]): number[] | undefined {
  const all = versionsOf(events);
  if (all === undefined) return undefined;
  const ranks: number[] = [];
  const ofKind = new Map<string, number>();
  const versions = new Map<string, number>();
  let highest = FIRST;
  for (const [index, { kind, verb, uid, t }] of events.entries()) {
    const version = all[index]!;
    const watched = ofKind.has(kind) || gaps.some(({ source, from }) => source === `watch:${kind}` && from <= t);
    const unseenEnd = verb === 'deleted' && version <= (versions.get(uid) ?? FIRST);
    versions.set(uid, Math.max(version, versions.get(uid) ?? FIRST));
    if (verb === 'listed' && !watched) ranks.push(FIRST);
    else {
      const atLeast = verb === 'listed' || unseenEnd ? highest : FIRST;
      const rank = Math.max(version, atLeast, ofKind.get(kind) ?? FIRST);
      ofKind.set(kind, rank);
      ranks.push(rank);
      highest = Math.max(highest, rank);
    }
    highest = Math.max(highest, version);
  }
  return ranks;
}

/**
 * What can be compared as the versions can, by event. They are whole numbers of any length (KEP-5504): those that a number
 * does not hold exactly are counted through. Undefined where one is no whole number.
 */
function versionsOf(events: ObjectSeen[]): number[] | undefined {
  const versions = events.map(({ resourceVersion }) => resourceVersion);
  if (!versions.every((version) => /^\d+$/.test(version))) return undefined;
  const numbers = versions.map(Number);
  if (numbers.every(Number.isSafeInteger)) return numbers;
  const sorted = [...new Set(versions.map(BigInt))].sort((a, b) => (a < b ? -1 : 1));
  const places = new Map(sorted.map((version, place) => [version, place]));
  return versions.map((version) => places.get(BigInt(version))!);
}
