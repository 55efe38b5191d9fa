import { byId, type ScenarioHistory } from '../history/select.ts';
import type { Verdict } from '../history/types.ts';
import { done } from './done.ts';
import { noDrops } from './drops.ts';
import { endpoints } from './endpoints.ts';
import { coverage } from './evidence.ts';
import { faultSpans, liesIn } from './fault-spans.ts';
import { isTheServices } from './good.ts';
import { duration, latency } from './limits.ts';
import { monotone, readyFloor, surgeCeiling } from './rollout.ts';
import { self } from './self.ts';
import type { CheckName, Finding } from './types.ts';

type Check = (history: ScenarioHistory) => Finding;

const CHECKS: [CheckName, Check][] = [
  ['ready-floor', readyFloor],
  ['surge-ceiling', surgeCeiling],
  ['monotone', monotone],
  ['endpoints', endpoints],
  ['done', done],
  ['no-drops', noDrops],
  ['coverage', coverage],
  ['self', self],
];

/** All of them, and those that the expectation asks for. */
function checksFor({ started }: ScenarioHistory): [CheckName, Check][] {
  const { p99Ms, seconds } = started?.expectation ?? {};
  return [
    ...CHECKS,
    ...(p99Ms === undefined ? [] : ([['latency', latency]] satisfies [CheckName, Check][])),
    ...(seconds === undefined ? [] : ([['duration', duration]] satisfies [CheckName, Check][])),
  ];
}

/** Runs every check. What throws is inconclusive, and so is what examined nothing. */
export function runChecks(history: ScenarioHistory, checks = checksFor(history)): Finding[] {
  const spans = faultSpans(history);
  const find = byId(history);
  const plan = history.started?.load;
  const isExcused = (id: string) => {
    const witness = find(id);
    if (witness === undefined || (witness.type === 'request' && plan !== undefined && isTheServices(witness, plan)))
      return false;
    return spans.some((span) => liesIn(witness, span));
  };
  return checks.map(([name, check]) => {
    try {
      return excused(unexamined(check(history)), isExcused);
    } catch (error) {
      const detail = `the check failed itself: ${error instanceof Error ? error.message : error}`;
      return { name, verdict: 'inconclusive', examined: 0, witnesses: [], detail };
    }
  });
}

/** Nothing examined can never pass. */
function unexamined(finding: Finding): Finding {
  if (finding.verdict !== 'pass' || finding.examined > 0) return finding;
  return { ...finding, verdict: 'inconclusive', detail: `nothing was examined; ${finding.detail}` };
}

/** A fail becomes inconclusive only when every one of its witnesses lies in a fault of the machine. */
function excused(finding: Finding, isExcused: (id: string) => boolean): Finding {
  if (finding.verdict !== 'fail' || finding.witnesses.length === 0 || !finding.witnesses.every(isExcused))
    return finding;
  return { ...finding, verdict: 'inconclusive', detail: `${finding.detail}; all of it within a fault of the machine` };
}

/** fail > inconclusive > pass: a proven drop stays proven. */
export function worst(verdicts: Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('inconclusive') || verdicts.length === 0 ? 'inconclusive' : 'pass';
}
