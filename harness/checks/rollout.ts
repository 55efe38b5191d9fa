import { judgedSpan, markerAt, type ScenarioHistory } from '../history/select.ts';
import { type Dip, dips } from './dips.ts';
import { counts, newReplicaSet } from './moments.ts';
import type { Finding } from './types.ts';

/** Pods that are available never fall below R − U, at any watch event of the transition. */
export function readyFloor(history: ScenarioHistory): Finding {
  const all = counts(history);
  const found = dips(history, all);
  const lowest = Math.min(...all.map(({ available }) => available));
  const facts = `lowest ${lowest} ready, floor ${Math.max(...all.map(({ floor }) => floor))}`;
  return {
    name: 'ready-floor',
    verdict: found.length > 0 ? 'fail' : 'pass',
    examined: all.length,
    witnesses: found.map(({ witness }) => witness),
    detail: all.length === 0 ? 'the Deployment was not seen' : [facts, ...found.map(dipText)].join('; '),
  };
}

function dipText({ from, to, lowest, text }: Dip): string {
  const lasted = to === undefined ? 'to the end' : `for ${((to - from) / 1e6).toFixed(0)} ms`;
  return `dip to ${lowest} at ${(from / 1e9).toFixed(3)} s ${lasted}: ${text}`;
}

/**
 * Σ `spec.replicas` of the ReplicaSets never exceeds R + G. Live pods may exceed it for a moment, and terminating ones
 * without bound: the controller does not count them.
 */
export function surgeCeiling(history: ScenarioHistory): Finding {
  const all = counts(history);
  const above = all.filter((count) => count.old + count.new > count.ceiling);
  return {
    name: 'surge-ceiling',
    verdict: above.length > 0 ? 'fail' : 'pass',
    examined: all.length,
    witnesses: above.map(({ id }) => id),
    detail: `highest ${Math.max(0, ...all.map((count) => count.old + count.new))} wanted, ceiling ${Math.max(0, ...all.map(({ ceiling }) => ceiling))}; at most ${Math.max(0, ...all.map(({ pods }) => pods))} pods existed, terminating ones among them`,
  };
}

/** Within one generation the new ReplicaSet only grows and the old ones only shrink, unless R itself changes. */
export function monotone(history: ScenarioHistory): Finding {
  const all = counts(history);
  const back = all.filter((count, index) => {
    const before = all[index - 1];
    if (before === undefined || before.generation !== count.generation || before.replicas !== count.replicas)
      return false;
    return count.new < before.new || count.old > before.old;
  });
  return {
    name: 'monotone',
    verdict: back.length > 0 ? 'fail' : 'pass',
    examined: all.length,
    witnesses: back.map(({ id }) => id),
    detail: back.length === 0 ? 'no step back' : `${back.length} steps back`,
  };
}

const DEFAULT_MAX_LAG_MS = 5_000;

/** The Service has at least R − U ready endpoints; a shortfall may last as long as the slice lags behind, no longer. */
export function endpoints(history: ScenarioHistory): Finding {
  const all = counts(history);
  const limit = history.started?.expectation.maxLagMs ?? DEFAULT_MAX_LAG_MS;
  const shortfalls: { id: string; ms: number }[] = [];
  let open: { id: string; from: number } | undefined;
  for (const count of all) {
    if (count.endpoints < count.floor) open ??= { id: count.id, from: count.t };
    else if (open !== undefined) {
      shortfalls.push({ id: open.id, ms: (count.t - open.from) / 1e6 });
      open = undefined;
    }
  }
  const end = judgedSpan(history)?.to;
  if (open !== undefined && end !== undefined) shortfalls.push({ id: open.id, ms: (end - open.from) / 1e6 });
  const tooLong = shortfalls.filter(({ ms }) => ms > limit);
  const longest = Math.max(0, ...shortfalls.map(({ ms }) => ms));
  return {
    name: 'endpoints',
    verdict: tooLong.length > 0 ? 'fail' : 'pass',
    examined: all.length,
    witnesses: tooLong.map(({ id }) => id),
    detail: `longest shortfall ${longest.toFixed(0)} ms, limit ${limit} ms`,
  };
}

/** The transition came to its end: rolled out, nothing terminating, and only the new version answers. */
export function done(history: ScenarioHistory): Finding {
  const last = counts(history).at(-1);
  const settled = markerAt(history, 'settled');
  const problems: string[] = [];
  const witnesses: string[] = [];
  let examined = 0;
  if (last !== undefined) {
    examined += 1;
    if (newReplicaSet(history) === undefined) problems.push('no new ReplicaSet came');
    if (!last.rolled) problems.push('the Deployment is not rolled out');
    if (last.terminating > 0) problems.push(`${last.terminating} pods still terminating`);
    if (problems.length > 0) witnesses.push(last.id);
  }
  const wanted = history.started?.workload.versions?.new;
  const span = judgedSpan(history);
  if (wanted !== undefined && settled !== undefined && span !== undefined) {
    const after = history.requests.filter(
      ({ lane, t, version }) => lane !== 'control' && t >= settled && t < span.to && version !== '',
    );
    const wrong = after.filter(({ version }) => version !== wanted);
    examined += after.length;
    witnesses.push(...wrong.map(({ id }) => id));
    if (wrong.length > 0)
      problems.push(`${wrong.length} of ${after.length} answers after the end came from version ${wrong[0]!.version}`);
    if (after.length === 0) problems.push('nothing answered after the end');
  }
  return {
    name: 'done',
    verdict: problems.length > 0 ? 'fail' : 'pass',
    examined,
    witnesses,
    detail:
      problems.length > 0
        ? problems.join('; ')
        : `rolled out, nothing terminating, ${Math.max(0, examined - 1)} answers after it, all of the new version`,
  };
}
