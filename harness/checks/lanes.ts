import { judgedIn, judgedSpan, ofType, requestsIn, type ScenarioHistory } from '../history/select.ts';
import { between } from '../history/sorted.ts';
import type { LaneName, Nanos, Verdict } from '../history/types.ts';
import { drops } from './drops.ts';
import { isGood, OPEN_END, quantile } from './good.ts';

/** What is missing in the evidence of one lane, with its witnesses. The control lane needs no number of requests. */
export function laneProblems(history: ScenarioHistory, name: LaneName): { problems: string[]; witnesses: string[] } {
  const problems: string[] = [];
  const witnesses: string[] = [];
  const plan = history.started?.load;
  const summary = history.lanes.find(({ lane }) => lane === name);
  const recorded = requestsIn(history, name).length;
  if (summary === undefined) problems.push(`lane ${name} has no end`);
  else if (summary.sent > recorded) {
    problems.push(`lane ${name}: k6's ${summary.sent} requests were recorded, and ${recorded} are in the history`);
    witnesses.push(summary.id);
  } else if (summary.notStarted > 0) {
    problems.push(`lane ${name}: ${summary.notStarted} requests could not be started`);
    witnesses.push(summary.id);
  }
  const own = plan?.lanes.find((lane) => lane.name === name);
  const count = judgedIn(history, name).length;
  const needed = own?.minRequests ?? plan?.minRequests ?? 1;
  const open = openEnds(history, name);
  if (open > 0)
    problems.push(
      `lane ${name}: ${open} answers have no length (HTTP/1.0), one that is cut off looks whole; needed: a Content-Length, or good.body with a text of their end`,
    );
  const quiet = silence(history, name);
  if (quiet !== undefined) problems.push(`lane ${name} started nothing for ${(quiet / 1e9).toFixed(1)} s`);
  if (name !== 'control' && count < needed) problems.push(`lane ${name}: ${count} requests, ${needed} are needed`);
  return { problems, witnesses };
}

/** Judged answers that end with their connection. */
function openEnds(history: ScenarioHistory, name: LaneName): number {
  if (name === 'control') return 0;
  return judgedIn(history, name).filter(({ errorCode, error }) => errorCode === 0 && error === OPEN_END).length;
}

/** A lane of a constant rate falls silent for no longer than this, besides a few of its own intervals. */
const SILENT: Nanos = 1e9;
const INTERVALS = 5;

/** The longest stretch of the judged span without a start in a lane, where its own rhythm does not explain it. */
function silence(history: ScenarioHistory, name: LaneName): Nanos | undefined {
  const span = judgedSpan(history);
  if (span === undefined) return undefined;
  const starts = between(requestsIn(history, name), span.from, span.to);
  // So few have no rhythm yet; whether they are enough is asked elsewhere.
  if (starts.length < 10) return undefined;
  const gapTo = (t: Nanos, index: number) => t - (starts[index - 1]?.t ?? span.from);
  const last = gapTo(span.to, starts.length);
  const longest = starts.reduce((most, { t }, index) => Math.max(most, gapTo(t, index)), last);
  // Of a million, most need not be sorted.
  if (longest <= SILENT) return undefined;
  const gaps = [...starts.map(({ t }, index) => gapTo(t, index)), last];
  const usual = quantile(
    gaps.sort((a, b) => a - b),
    0.5,
  )!;
  return longest > SILENT + INTERVALS * usual ? longest : undefined;
}

/** A lane by itself: fail where it dropped, inconclusive where its evidence is not whole or not enough. */
export function laneVerdict(history: ScenarioHistory, name: LaneName): Verdict {
  const plan = history.started?.load;
  const span = judgedSpan(history);
  if (plan === undefined || span === undefined) return 'inconclusive';
  const ofControl = name === 'control';
  const own = ofControl ? between(requestsIn(history, name), span.from, span.to) : judgedIn(history, name);
  const bad = ofControl
    ? own.some((request) => !isGood(request, plan))
    : drops(history).some(({ lane }) => lane === name);
  if (bad) return 'fail';
  const blind = ofType(history, 'gap').some(
    (one) => one.source === `requests:${name}` && one.to >= span.from && one.from <= span.to,
  );
  return own.length === 0 || blind || laneProblems(history, name).problems.length > 0 ? 'inconclusive' : 'pass';
}
