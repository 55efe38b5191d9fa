import { replay } from '../../history/replay.ts';
import { judgedRequests, markerAt, type ScenarioHistory, transitionsOf } from '../../history/select.ts';
import type { Nanos, RequestSeen } from '../../history/types.ts';
import type { Step } from '../canary/judge.ts';
import { analyses, canaryOf, deploymentsOf } from '../canary/steps.ts';
import { drops } from '../drops.ts';
import { isWhole } from '../good.ts';
import { define, unseen } from './measure.ts';

/** The analysis of the step finds the canary no worse than stable, live and again in the saved history. */
export const canaryIsNoWorse = define<{ step: Step }>('canary-is-no-worse', (history, { step }) => {
  const found = analyses(history).find(({ live }) => live.step.join() === step.join());
  if (found === undefined) return unseen(`no step of ${step.join(' + ')} was analysed`);
  const { action, live, again } = found;
  const agreed = live.promote === again.promote;
  return {
    holds: agreed && again.enough ? again.promote : undefined,
    figures: [...again.figures, ...(agreed ? [] : ['live it came out otherwise'])].join('; '),
    examined: again.split.of,
    witnesses: [action.id],
  };
});

/** Every analysis promotes, and the canary ends as all there is: no abort, and every ready endpoint is one of its pods. */
export const promotes = define('promotes', (history) => {
  const aborted = abortOf(history);
  const all = analyses(history);
  const end = ending(history);
  const refused = all.filter(({ live, again }) => !live.promote || !again.promote);
  return {
    holds: aborted === undefined && refused.length === 0 && end.stable === 0 && end.canary > 0 && end.settled,
    figures: `${all.length - refused.length} of ${all.length} analyses promote; at the end ${end.canary} ready endpoints of the canary, ${end.stable} of stable`,
    examined: end.stable + end.canary,
    witnesses: refused.map(({ action }) => action.id),
  };
});

/**
 * It is given up, for that reason where one is named, and stable ends as all there is. Reasons are what an analysis found,
 * that its pods were not ready in time, or neither: it was told to.
 */
export const aborts = define<{ because?: 'errors' | 'latency' | 'readiness' | 'told' }>(
  'aborts',
  (history, { because }) => {
    const abort = abortOf(history);
    const end = ending(history);
    const late = history.actions.some(({ action, ok }) => action === 'canary-step' && !ok);
    const reasons: string[] = [
      ...analyses(history).flatMap(({ again }) => again.reasons),
      ...(late ? ['readiness'] : []),
    ];
    const right = because === undefined || (because === 'told' ? reasons.length === 0 : reasons.includes(because));
    const last = badAnswers(history).at(-1);
    const after = abort === undefined || last === undefined ? undefined : (last.end - abort.from) / 1e9;
    const bad =
      after === undefined
        ? ''
        : `; the canary's last bad answer came ${Math.abs(after).toFixed(1)} s ${after > 0 ? 'after' : 'before'} that`;
    return {
      holds: abort !== undefined && right && end.canary === 0 && end.stable > 0 && end.settled,
      figures: `${abort === undefined ? 'it was not given up' : `given up ${((abort.from - abort.began) / 1e9).toFixed(1)} s after its trigger: ${reasons.join(', ') || 'as it was told'}`}${bad}; at the end ${end.stable} ready endpoints of stable, ${end.canary} of the canary`,
      examined: end.stable + end.canary,
      witnesses: [],
    };
  },
);

/**
 * Nothing is dropped but what the canary itself answered, whole and badly: neither the shift nor the abort loses a request.
 */
export const dropsNothingElse = define('drops-nothing-but-the-canarys-errors', (history) => {
  const dropped = drops(history);
  const own = new Set(badAnswers(history).map(({ id }) => id));
  const others = dropped.filter(({ id }) => !own.has(id));
  const judged = judgedRequests(history).length;
  return {
    holds: others.length === 0,
    figures: `${own.size} of ${judged} requests were answered badly by the canary; ${others.length} more were dropped`,
    examined: judged,
    witnesses: others.map(({ id }) => id),
  };
});

/** When the canary was given up, and when the shift had begun. */
function abortOf(history: ScenarioHistory): { began: Nanos; from: Nanos } | undefined {
  const all = transitionsOf(history);
  const abort = all.find(({ kind }) => kind === 'canary-abort');
  const shift = all.find(({ kind }) => kind === 'canary');
  return abort && shift && { began: shift.from, from: abort.from };
}

/** Ready endpoints of both at the end, and whether the end state was proven. */
function ending(history: ScenarioHistory): { stable: number; canary: number; settled: boolean } {
  const names = canaryOf(history);
  const end = markerAt(history, 'tail-end') ?? Number.POSITIVE_INFINITY;
  const deploymentOf = deploymentsOf(history);
  let ready: string[] = [];
  for (const { t, endpoints } of replay(history)) {
    if (t >= end) break;
    ready = [...endpoints.values()].filter((one) => one.ready).map(({ pod }) => deploymentOf(pod) ?? '');
  }
  const of = (name: string | undefined) => ready.filter((one) => one === name).length;
  return { stable: of(names?.stable), canary: of(names?.canary), settled: markerAt(history, 'settled') !== undefined };
}

/** Whole answers of the canary that are no good ones. */
function badAnswers(history: ScenarioHistory): RequestSeen[] {
  const deploymentOf = deploymentsOf(history);
  const name = canaryOf(history)?.canary;
  return drops(history).filter((drop) => isWhole(drop) && drop.status > 0 && deploymentOf(drop.pod) === name);
}
