import { judgedRequests, type ScenarioHistory } from '../history/select.ts';
import { drops } from './drops.ts';
import { durationMs, quantile } from './good.ts';
import { type Count, counts } from './moments.ts';
import { stalls } from './stalls.ts';
import type { Wave } from './types.ts';

/**
 * The waves of a transition: maximal intervals during which the pair (old, new) of `spec.replicas` is constant, from
 * the first ReplicaSet write after the trigger until the last old pod is gone and the Deployment is rolled out.
 */
export function waves(history: ScenarioHistory): Wave[] {
  const all = counts(history);
  const spans = spansOf(all);
  const requests = judgedRequests(history);
  const dropped = new Set(drops(history).map(({ id }) => id));
  const stalled = new Set(stalls(history).map(({ id }) => id));
  return spans.map(({ from, to, inside }) => {
    const [first] = inside;
    const own = requests.filter(({ t }) => t >= from && t < to);
    const fresh = own
      .filter(({ lane }) => lane === 'new')
      .map(durationMs)
      .sort((a, b) => a - b);
    return {
      old: first!.old,
      new: first!.new,
      from,
      to,
      floor: Math.min(...inside.map(({ floor }) => floor)),
      minReady: Math.min(...inside.map(({ ready }) => ready)),
      minAvailable: Math.min(...inside.map(({ available }) => available)),
      maxPods: Math.max(...inside.map(({ pods }) => pods)),
      requests: own.length,
      dropped: own.filter(({ id }) => dropped.has(id)).length,
      stalled: own.filter(({ id }) => stalled.has(id)).length,
      p50Ms: quantile(fresh, 0.5) ?? null,
      p99Ms: quantile(fresh, 0.99) ?? null,
    };
  });
}

interface Span {
  from: number;
  to: number;
  /** The counts at its events. */
  inside: Count[];
}

function spansOf(all: Count[]): Span[] {
  const [initial] = all;
  const begin = all.findIndex(
    (count) => initial !== undefined && (count.old !== initial.old || count.new !== initial.new),
  );
  if (begin === -1) return [];
  const end = endIndex(all, begin);
  const spans: Span[] = [];
  for (const count of all.slice(begin, end + 1)) {
    const last = spans.at(-1);
    const [head] = last?.inside ?? [];
    if (last !== undefined && head !== undefined && head.old === count.old && head.new === count.new) {
      last.inside.push(count);
      last.to = count.t;
      continue;
    }
    if (last !== undefined) last.to = count.t;
    spans.push({ from: count.t, to: count.t, inside: [count] });
  }
  return spans;
}

/** The event by which both hold: no old pod exists, and the Deployment is rolled out; the last event where that never came. */
function endIndex(all: Count[], begin: number): number {
  const last = all.findLastIndex((count, index) => {
    const before = all[index - 1];
    if (index <= begin || before === undefined) return false;
    return (before.oldPods > 0 && count.oldPods === 0) || (!before.rolled && count.rolled);
  });
  const finished = last !== -1 && all.at(-1)!.rolled && all.at(-1)!.oldPods === 0;
  return finished ? last : all.length - 1;
}
