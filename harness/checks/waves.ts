import { perHistory } from '../history/per-history.ts';
import { judgedIn, judgedRequests, type ScenarioHistory, transitionsOf } from '../history/select.ts';
import { between, countBetween } from '../history/sorted.ts';
import { drops } from './drops.ts';
import { durationMs, quantile } from './good.ts';
import { type Count, counts } from './moments.ts';
import { stalls } from './stalls.ts';
import type { Wave } from './types.ts';

/**
 * The waves of each transition: maximal intervals during which the pair (old, new) of `spec.replicas` is constant, from
 * the first scaling of a ReplicaSet after the trigger until no pod that goes is left and the Deployment is rolled out. (Both,
 * because Recreate has no pod left before it makes the new ones.) Where it does not come to that, they end with the
 * transition.
 */
export const waves: (history: ScenarioHistory) => Wave[] = perHistory(wavesOf);

function wavesOf(history: ScenarioHistory): Wave[] {
  const all = counts(history);
  const spans = transitionsOf(history).flatMap(({ to }, index) =>
    spansOf(
      all.filter(({ transition }) => transition === index),
      to,
    ),
  );
  return spans.map(({ from, to, inside }) => {
    const [first] = inside;
    const fresh = between(judgedIn(history, 'new'), from, to)
      .map(durationMs)
      .sort((a, b) => a - b);
    return {
      transition: first!.transition,
      old: first!.old,
      new: first!.new,
      selector: first!.selector,
      from,
      to,
      floor: Math.min(...inside.map(({ floor }) => floor)),
      minReady: Math.min(...inside.map(({ ready }) => ready)),
      minAvailable: Math.min(...inside.map(({ available }) => available)),
      maxPods: Math.max(...inside.map(({ pods }) => pods)),
      requests: countBetween(judgedRequests(history), from, to),
      dropped: countBetween(drops(history), from, to),
      stalled: countBetween(stalls(history), from, to),
      p50Ms: quantile(fresh, 0.5) ?? null,
      p99Ms: quantile(fresh, 0.99) ?? null,
    };
  });
}

interface Span {
  from: number;
  to: number;
  /** The counts at its instants. */
  inside: Count[];
}

/** @param all the counts of one transition, which ends at `end` */
function spansOf(all: Count[], end: number): Span[] {
  const [initial] = all;
  const begin = all.findIndex((count) => initial !== undefined && !samePair(count, initial));
  if (begin === -1) return [];
  const finish = all.findIndex(
    ({ oldPods, terminating, rolled }, index) => index >= begin && oldPods === 0 && terminating === 0 && rolled,
  );
  const spans: Span[] = [];
  for (const count of all.slice(begin, finish === -1 ? undefined : finish + 1)) {
    const last = spans.at(-1);
    if (last !== undefined) last.to = count.t;
    if (last !== undefined && samePair(last.inside[0]!, count)) last.inside.push(count);
    else spans.push({ from: count.t, to: count.t, inside: [count] });
  }
  if (finish === -1) spans.at(-1)!.to = end;
  return spans;
}

const samePair = (a: Count, b: Count): boolean => a.old === b.old && a.new === b.new && a.selector === b.selector;
