import { judgedRequests, judgedSpan, type ScenarioHistory } from '../history/select.ts';
import type { LaneName, Verdict } from '../history/types.ts';
import { isGood } from './good.ts';

/** What is missing in the evidence of one lane, with its witnesses. The control lane needs no number of requests. */
export function laneProblems(history: ScenarioHistory, name: LaneName): { problems: string[]; witnesses: string[] } {
  const problems: string[] = [];
  const witnesses: string[] = [];
  const plan = history.started?.load;
  const summary = history.lanes.find(({ lane }) => lane === name);
  if (summary === undefined) problems.push(`lane ${name} has no end`);
  else if (summary.notStarted > 0) {
    problems.push(`lane ${name}: ${summary.notStarted} requests could not be started`);
    witnesses.push(summary.id);
  }
  const count = judgedRequests(history).filter(({ lane }) => lane === name).length;
  const needed = plan?.lanes.find((lane) => lane.name === name)?.minRequests ?? plan?.minRequests ?? 1;
  if (name !== 'control' && count < needed) problems.push(`lane ${name}: ${count} requests, ${needed} are needed`);
  return { problems, witnesses };
}

/** A lane by itself: fail where it dropped, inconclusive where its evidence is not whole or not enough. */
export function laneVerdict(history: ScenarioHistory, name: LaneName): Verdict {
  const plan = history.started?.load;
  const span = judgedSpan(history);
  if (plan === undefined || span === undefined) return 'inconclusive';
  const own =
    name === 'control'
      ? history.requests.filter(({ lane, t }) => lane === name && t >= span.from && t < span.to)
      : judgedRequests(history).filter(({ lane }) => lane === name);
  if (own.some((request) => !isGood(request, plan))) return 'fail';
  const blind = history.observations.some(
    (one) => one.type === 'gap' && one.source === `requests:${name}` && one.to >= span.from && one.from <= span.to,
  );
  return own.length === 0 || blind || laneProblems(history, name).problems.length > 0 ? 'inconclusive' : 'pass';
}
