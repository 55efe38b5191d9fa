import { replay } from '../history/replay.ts';
import { judgedSpan, type ScenarioHistory, type TransitionSpan, transitionsOf } from '../history/select.ts';
import type { RequestSeen } from '../history/types.ts';
import { type Blind, blindSpans, unlessBlind } from './blind.ts';
import { counts } from './moments.ts';
import { type NewReplicaSet, newReplicaSet } from './new-replica-set.ts';
import type { Finding } from './types.ts';

/**
 * The last transition came to its end: rolled out, nothing terminating, and only the new version answers. (One that was
 * overtaken has none.)
 */
export function done(history: ScenarioHistory): Finding {
  const transition = transitionsOf(history).at(-1);
  const last = counts(history).at(-1);
  const target = transition && newReplicaSet(history, transition);
  const state: string[] = [];
  if (last !== undefined && transition !== undefined) {
    if (target?.risen !== true && ROLLS.has(transition.kind)) state.push('no new ReplicaSet came');
    if (!last.rolled) state.push('the Deployment is not rolled out');
    if (last.terminating > 0) state.push(`${last.terminating} pods still terminating`);
  }
  const blind = blindAtEnd(history);
  const answers = answersAfter(history, transition, target);
  // What was last seen before the watches went blind may have been made up for.
  const problems = [...(blind.length > 0 ? [] : state), ...answers.problems];
  const open = blind.length > 0 ? state : [];
  return unlessBlind(
    {
      name: 'done',
      verdict: problems.length > 0 ? 'fail' : 'pass',
      examined: (last === undefined ? 0 : 1) + answers.examined,
      witnesses: [...(last !== undefined && state.length > 0 ? [last.id] : []), ...answers.wrong.map(({ id }) => id)],
      detail:
        [...problems, ...open].join('; ') ||
        `rolled out, nothing terminating, ${answers.examined} answers after it, all of the new version`,
    },
    blind,
  );
}

/** Kinds that are nothing without a new ReplicaSet. Others may scale what is there, or change what no pod shows. */
const ROLLS: ReadonlySet<string> = new Set(['rolling', 'rollover', 'rollback', 'restart', 'unknown']);

/** A gap that ended with a list does not touch the end: only one that lasts. */
function blindAtEnd(history: ScenarioHistory): Blind[] {
  const end = judgedSpan(history)?.to ?? 0;
  return blindSpans(history, ['Pod', 'ReplicaSet', 'Deployment']).filter(({ to }) => to >= end);
}

interface Answers {
  examined: number;
  wrong: RequestSeen[];
  problems: string[];
}

/** The answers after the end that say by a header which version, or at least which pod, they are of. */
function answersAfter(
  history: ScenarioHistory,
  transition: TransitionSpan | undefined,
  target: NewReplicaSet | undefined,
): Answers {
  const settled = history.markers.findLast(({ marker }) => marker === 'settled')?.t;
  if (transition === undefined || settled === undefined || settled < transition.from)
    return { examined: 0, wrong: [], problems: [] };
  const wanted = wantedVersion(history, target);
  const owners = ownersByName(history);
  const judged = history.requests
    .filter(({ lane, t }) => lane !== 'control' && t >= settled && t < transition.to)
    .flatMap((request) => {
      const { version, pod } = request;
      if (wanted !== undefined && version !== '')
        return [{ request, from: `version ${version}`, ok: version === wanted }];
      const owner = owners.get(pod);
      return owner === undefined ? [] : [{ request, from: `the old pod ${pod}`, ok: owner === target?.uid }];
    });
  const wrong = judged.filter(({ ok }) => !ok);
  const problems: string[] = [];
  if (wrong.length > 0)
    problems.push(`${wrong.length} of ${judged.length} answers after the end came from ${wrong[0]!.from}`);
  if (wanted !== undefined && judged.length === 0) problems.push('nothing answered after the end');
  return { examined: judged.length, wrong: wrong.map(({ request }) => request), problems };
}

/** A transition that leads back to the images of the beginning, or keeps them, brings the old version. */
function wantedVersion(history: ScenarioHistory, target: NewReplicaSet | undefined): string | undefined {
  const versions = history.started?.workload.versions;
  const trigger = transitionsOf(history)[0]?.from ?? 0;
  const initial = newReplicaSet(history, { from: 0, to: trigger });
  return initial !== undefined && initial.images === target?.images ? versions?.old : versions?.new;
}

function ownersByName(history: ScenarioHistory): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { pods } of replay(history)) for (const { name, owner } of pods.values()) owners.set(name, owner);
  return owners;
}
