import { take } from '../checks/claims/registry.ts';
import { readyAtLeast } from '../checks/claims/waves.ts';
import { judgedRequests } from '../history/select.ts';
import type { LaneName, Measurement, Verdict } from '../history/types.ts';
import { whatWasSeen } from '../report/unexpected.ts';
import { firstWitness } from '../report/witness.ts';
import type { Outcome } from './outcome.ts';

/** What is said of an outcome by a matcher. */
export interface Judgement {
  /** Undefined where the evidence does not say. */
  holds: boolean | undefined;
  /** Why it is not as was expected; `not`: the opposite was expected. */
  message(not: boolean): string;
}

interface Saying {
  /** As in "expected … to drop nothing". */
  to: string;
  holds: boolean | undefined;
  /** As in "…: 3 of 900 requests were dropped". */
  figures: string;
  /** Ids of observations. */
  witnesses: string[];
}

/** No request of these lanes was dropped; of all but control where none is named. */
export function dropsNone(outcome: Outcome, lanes?: LaneName[]): Judgement {
  const { verdict, history } = outcome;
  const asked = verdict.lanes.filter(({ name }) => name !== 'control' && (lanes?.includes(name as LaneName) ?? true));
  const absent = (lanes ?? []).filter((name) => !asked.some((lane) => lane.name === name));
  const dropped = asked.filter((lane) => lane.dropped > 0);
  const check = verdict.checks.find(({ name }) => name === 'no-drops');
  const open = asked.filter((lane) => lane.verdict === 'inconclusive').map(({ name }) => name);
  const ids = new Set(check?.witnesses);
  const named = new Set<string>(asked.map(({ name }) => name));
  const judged = judgedRequests(history);
  const figures = [
    ...asked.map(({ name, dropped }) => `${name} ${dropped} of ${judged.filter(({ lane }) => lane === name).length}`),
    ...absent.map((name) => `${name} was not asked for`),
  ];
  const lost = dropped.length > 0;
  // Drops that may be the machine's are not known to be the service's.
  const unclear = lost ? check?.verdict === 'inconclusive' : open.length + absent.length > 0 || asked.length === 0;
  return judgement(outcome, {
    to: `drop nothing${lanes === undefined ? '' : ` in ${lanes.join(', ')}`}`,
    holds: unclear ? undefined : !lost,
    figures: `dropped: ${figures.join(', ') || 'there is no lane'}`,
    witnesses: history.requests.filter(({ id, lane }) => ids.has(id) && named.has(lane)).map(({ id }) => id),
  });
}

/** So many pods were ready at every instant. */
export function keepsReady(outcome: Outcome, pods: number): Judgement {
  const measured = take(outcome.history, readyAtLeast({ pods }));
  return judgement(outcome, { to: `keep ${pods} pods ready`, ...measured });
}

/** A measurement holds. */
export function holds(outcome: Outcome, measurement: Measurement): Judgement {
  const { measure, with: args } = measurement;
  const measured = take(outcome.history, measurement);
  const given = Object.keys(args).length === 0 ? '' : ` ${JSON.stringify(args)}`;
  return judgement(outcome, { to: `hold: ${measure}${given}`, ...measured });
}

/** The raw verdict is this one. */
export function comesOut(outcome: Outcome, expected: Verdict): Judgement {
  const { verdict, checks } = outcome.verdict;
  return judgement(outcome, {
    to: `come out as ${expected}`,
    holds: verdict === expected,
    figures: `it came out as ${verdict}`,
    witnesses: checks.find((check) => check.verdict === verdict)?.witnesses ?? [],
  });
}

/** It failed, and most of its drops, stalls and dips have this cause. */
export function failsFor(outcome: Outcome, cause: string): Judgement {
  const { verdict, causes } = outcome.verdict;
  const found = causes.map((one) => `${one.count} × ${one.cause}`).join(', ');
  return judgement(outcome, {
    to: `fail for ${cause}`,
    holds: verdict === 'inconclusive' ? undefined : verdict === 'fail' && causes[0]?.cause === cause,
    figures: `it came out as ${verdict}${found === '' ? '' : `: ${found}`}`,
    witnesses: causes[0] === undefined ? [] : [causes[0].example],
  });
}

function judgement({ name, verdict, history }: Outcome, { to, holds, figures, witnesses }: Saying): Judgement {
  return {
    holds,
    message(not) {
      const witness = firstWitness(history, witnesses);
      const first = witness === undefined ? [] : [`      first: ${witness}`];
      const known = holds === undefined ? '; the evidence does not say' : '';
      return [
        `expected "${name}" ${not ? 'not ' : ''}to ${to}${known}`,
        `  ${figures}`,
        ...first,
        ...whatWasSeen(verdict).filter((line) => line !== first[0]),
      ].join('\n');
    },
  };
}
