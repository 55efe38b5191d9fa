import { judgedSpan, type ScenarioHistory } from '../history/select.ts';
import type { WatchedKind } from '../history/types.ts';
import { type Blind, blindSpans, contradiction, seen, unlessBlind } from './blind.ts';
import { dips, tellDip } from './dips.ts';
import { hiddenFlips, tellFlips } from './hidden-flips.ts';
import { type Count, counts } from './moments.ts';
import { skew } from './skew.ts';
import type { Finding } from './types.ts';

/** Pods that are available never fall below R − U, at any instant of the transitions. */
export function readyFloor(history: ScenarioHistory): Finding {
  const { all, blind } = sightOf(history, ['Pod', 'ReplicaSet', 'Deployment']);
  const found = dips(history, all);
  const proven = found.filter(({ excuse }) => excuse === undefined);
  const against = contradiction(all);
  const lowest = Math.min(...all.map(({ available }) => available));
  const facts = `lowest ${lowest} ready, floor ${Math.max(...all.map(({ floor }) => floor))}`;
  const flips = tellFlips(hiddenFlips(history));
  const clock = skew(history);
  const open = [against, clock].filter((one) => one !== undefined);
  return unlessBlind(
    {
      name: 'ready-floor',
      // What a clock shows wrongly is no dip; what the watches tell against each other hides none.
      verdict:
        clock === undefined && proven.length > 0
          ? 'fail'
          : open.length === 0 && found.length === 0
            ? 'pass'
            : 'inconclusive',
      examined: all.length,
      witnesses: (proven.length > 0 ? proven : found).map(({ witness }) => witness),
      detail:
        all.length === 0 ? 'the Deployment was not seen' : [facts, ...found.map(tellDip), ...flips, ...open].join('; '),
    },
    blind,
  );
}

/**
 * Σ `spec.replicas` of the ReplicaSets never exceeds R + G. Live pods may exceed it for a moment, and terminating ones
 * without bound: the controller does not count them.
 */
export function surgeCeiling(history: ScenarioHistory): Finding {
  const { all, blind } = sightOf(history, ['ReplicaSet', 'Deployment']);
  const above = all.filter((count) => count.old + count.new > count.ceiling);
  return unlessBlind(
    {
      name: 'surge-ceiling',
      verdict: above.length > 0 ? 'fail' : 'pass',
      examined: all.length,
      witnesses: [...new Set(above.map(({ id }) => id))],
      detail: `highest ${Math.max(0, ...all.map((count) => count.old + count.new))} wanted, ceiling ${Math.max(0, ...all.map(({ ceiling }) => ceiling))}; at most ${Math.max(0, ...all.map(({ pods }) => pods))} pods existed, terminating ones among them`,
    },
    blind,
  );
}

/** Within one generation the newest ReplicaSet only grows and the others together only shrink. */
export function monotone(history: ScenarioHistory): Finding {
  const { all, blind } = sightOf(history, ['ReplicaSet', 'Deployment']);
  const back = all.filter((count, index) => isStepBack(all[index - 1], count));
  return unlessBlind(
    {
      name: 'monotone',
      verdict: back.length > 0 ? 'fail' : 'pass',
      examined: all.length,
      witnesses: back.map(({ id }) => id),
      detail: back.length === 0 ? 'no step back' : `${back.length} steps back`,
    },
    blind,
  );
}

/**
 * Steps are judged once the controller has acted on the generation. Before that it may still act on the one before
 * (sync works on a copy that it took earlier), or answer a change of R by scaling all ReplicaSets in proportion, which it
 * does before it says that it has seen the generation (`scale` in Kubernetes' pkg/controller/deployment/sync.go). A new
 * ReplicaSet that is above a smaller R even then goes down to it (reconcileNewReplicaSet in rolling.go).
 */
function isStepBack(before: Count | undefined, now: Count): boolean {
  if (before === undefined || before.generation !== now.generation || before.newest.uid !== now.newest.uid)
    return false;
  if (!before.obeyed || !now.obeyed) return false;
  const othersOf = (count: Count) => count.old + count.new - count.newest.replicas;
  // Between Deployments (generation 0) R is what the transition itself changes: no cut explains a step back there.
  const ruled = now.generation > 0;
  const cut = ruled && before.newest.replicas > now.replicas && now.newest.replicas >= now.replicas;
  return (now.newest.replicas < before.newest.replicas && !cut) || othersOf(now) > othersOf(before);
}

/** What was seen of these kinds, and when their watches were blind. */
function sightOf(history: ScenarioHistory, kinds: WatchedKind[]): { all: Count[]; blind: Blind[] } {
  const blind = blindSpans(history, kinds);
  const end = judgedSpan(history)?.to ?? 0;
  return { all: seen(counts(history), blind, end), blind };
}
