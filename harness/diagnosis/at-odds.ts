import type { PodLife } from '../history/pod-lives.ts';
import { firstFrom } from '../history/sorted.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';

/** Of two versions it may be said that they serve side by side at an instant if both answered so near to it. */
const SIDE_BY_SIDE: Nanos = 2e9;
/** Errors at random come one by one, and a few of them may lie anywhere. */
const LEAST_ERRORS = 5;
/** … of which so many are of pods that had answered well before the other version came, and that nobody was deleting. */
const LEAST_OF_OLD = 2;
const LEAST_AFTER = 5;
/** A watch tells of a deletion after it was, and a pod that errs as it drains begins with it. */
const CLEAR_OF_ITS_END: Nanos = 1e9;

/**
 * Whether errors are answered only while two versions serve side by side, and by sound old pods too: what one version says
 * or leaves behind, the other does not understand. No pod's own youth or end explains that.
 *
 * @param answers by pod, each ascending by start
 */
export function atOdds(
  pods: PodLife[],
  answers: ReadonlyMap<string, RequestSeen[]>,
  isGood: (answer: RequestSeen) => boolean,
): boolean {
  const bad = pods.flatMap(({ name }) => (answers.get(name) ?? []).filter((one) => !isGood(one)));
  if (bad.length < LEAST_ERRORS) return false;
  const all = pods
    .flatMap((pod) => (answers.get(pod.name) ?? []).map((one) => ({ pod, from: one.t, good: isGood(one) })))
    .sort((a, b) => a.from - b.from);
  const wrong = all.filter(({ good }) => !good);
  const times = Map.groupBy(all, ({ pod }) => pod.owner);
  const serving = (t: Nanos) => [...times.values()].filter((list) => anyWithin(list, t)).length;
  const mixed = (t: Nanos) => serving(t) > 1;
  if (!wrong.every(({ from }) => mixed(from))) return false;
  const first = all.find(({ from }) => mixed(from))!;
  const old = (pod: PodLife) => (answers.get(pod.name) ?? []).some((one) => isGood(one) && one.t < first.from);
  const ofOld = wrong.filter(
    ({ pod, from }) => old(pod) && from < (pod.deleted ?? Number.POSITIVE_INFINITY) - CLEAR_OF_ITS_END,
  );
  const after = all.slice(all.lastIndexOf(wrong.at(-1)!) + 1).filter(({ from }) => !mixed(from));
  return ofOld.length >= LEAST_OF_OLD && after.length >= LEAST_AFTER;
}

function anyWithin(list: { from: Nanos }[], t: Nanos): boolean {
  const next = list[firstFrom(list, t - SIDE_BY_SIDE, ({ from }) => from)];
  return next !== undefined && next.from <= t + SIDE_BY_SIDE;
}
