import { judgedSpan, ofType, type ScenarioHistory } from '../history/select.ts';
import type { Nanos, WatchedKind } from '../history/types.ts';
import type { Count } from './moments.ts';
import type { Finding } from './types.ts';

export interface Blind {
  from: Nanos;
  to: Nanos;
}

/** The spans, ascending, in which a watch of one of these kinds may have missed something of the judged span. */
export function blindSpans(history: ScenarioHistory, kinds: WatchedKind[]): Blind[] {
  const span = judgedSpan(history);
  const sources = new Set(kinds.map((kind) => `watch:${kind}`));
  return ofType(history, 'gap')
    .flatMap(({ source, from, to }) => (sources.has(source) ? [{ from, to }] : []))
    .filter(({ from, to }) => span !== undefined && to > span.from && from < span.to)
    .sort((a, b) => a.from - b.from);
}

/**
 * The counts that were really seen. What was counted while blind is left out: it mixes what is with what was. The state
 * when sight came back is true again, and counts at that instant.
 *
 * @param end of the judged span
 */
export function seen(all: Count[], blind: Blind[], end: Nanos): Count[] {
  const isBlind = (t: Nanos) => blind.some(({ from, to }) => t > from && t <= to);
  const back = new Set(blind.map(({ to }) => backFrom(blind, to)).filter((t) => t < end));
  const sights = [...back].flatMap((at): Count[] => {
    const state = all.findLast(({ t }) => t <= at);
    return state === undefined ? [] : [{ ...state, t: at, at: 'sight' }];
  });
  return [...all.filter(({ t }) => !isBlind(t)), ...sights].sort((a, b) => a.t - b.t);
}

/** Another gap may go on where one ends. */
function backFrom(blind: Blind[], t: Nanos): Nanos {
  const longer = blind.find(({ from, to }) => t >= from && t < to);
  return longer === undefined ? t : backFrom(blind, longer.to);
}

/**
 * What the watches tell against each other at the end: a watch that died in silence shows nothing wrong, for ever.
 * Undefined where they agree.
 */
export function contradiction(all: Count[]): string | undefined {
  const last = all.at(-1);
  if (last === undefined || !last.rolled || last.newPods === last.replicas) return undefined;
  return `the Deployment has ${last.replicas} new pods by its status, of which the watch of Pods shows ${last.newPods}`;
}

/** A pass that has looked at what was seen only is none where something may not have been seen. */
export function unlessBlind(finding: Finding, blind: Blind[]): Finding {
  if (blind.length === 0) return finding;
  const ms = blind.reduce((sum, { from, to }) => sum + (to - from) / 1e6, 0);
  const detail = `${finding.detail}; its watches were blind for ${ms.toFixed(0)} ms`;
  return { ...finding, detail, verdict: finding.verdict === 'pass' ? 'inconclusive' : finding.verdict };
}
