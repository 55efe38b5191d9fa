import { judgedRequests, judgedSpan, markerAt, objectsOf, ofType, type ScenarioHistory } from '../history/select.ts';
import type { MarkerSet, RequestSeen } from '../history/types.ts';
import { maybeProxied } from './connections.ts';
import { laneProblems } from './lanes.ts';
import type { Finding } from './types.ts';

const NEEDED: MarkerSet['marker'][] = ['load-ready', 'trigger', 'tail-end', 'load-stopped'];

/** The evidence is enough and whole: markers, lanes, requests, and no gap in what was watched. Never a fail. */
export function coverage(history: ScenarioHistory): Finding {
  const problems: string[] = [];
  const witnesses: string[] = [];
  const plan = history.started?.load;
  const span = judgedSpan(history);
  const judged = judgedRequests(history);
  const missing = NEEDED.filter((marker) => markerAt(history, marker) === undefined);
  if (missing.length > 0) problems.push(`the run did not come to: ${missing.join(', ')}`);
  if (history.truncated) problems.push('the history was cut off');
  if (history.damage !== undefined) problems.push(history.damage);
  for (const lane of plan?.lanes ?? []) {
    const lacking = laneProblems(history, lane.name);
    problems.push(...lacking.problems);
    witnesses.push(...lacking.witnesses);
  }
  const elsewhere = ledElsewhere(history, judged);
  if (elsewhere !== undefined) problems.push(elsewhere);
  for (const one of ofType(history, 'gap')) {
    // Only holes in states and requests touch a verdict.
    if (FOR_DIAGNOSIS.test(one.source) || span === undefined) continue;
    if (one.to < span.from || one.from > span.to) continue;
    problems.push(`${one.source} was blind for ${((one.to - one.from) / 1e6).toFixed(0)} ms: ${one.reason}`);
    witnesses.push(one.id);
  }
  return {
    name: 'coverage',
    verdict: problems.length > 0 || judged.length === 0 ? 'inconclusive' : 'pass',
    examined: judged.length,
    witnesses,
    detail: problems.length > 0 ? problems.join('; ') : `${judged.length} requests judged, none unstarted, no gap`,
  };
}

/** A URL may lead to what runs somewhere else: then nothing that was called was rolled. */
function ledElsewhere(history: ScenarioHistory, judged: readonly RequestSeen[]): string | undefined {
  if (!maybeProxied(history.started?.load)) return undefined;
  const named = new Set(judged.map(({ pod }) => pod).filter((pod) => pod !== ''));
  const own = objectsOf(history, 'Pod').some(({ name }) => named.has(name));
  const [example] = named;
  return own || example === undefined
    ? undefined
    : `answers name ${example}, and no pod of the namespace: ${history.started?.load.target} leads elsewhere`;
}

/** Evidence that only says why: a hole in it weakens the diagnosis. */
const FOR_DIAGNOSIS = /^(flows$|flows:|logs:|probes:|runtime:)/;
