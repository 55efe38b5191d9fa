import { replicaSetOf } from '../../history/objects.ts';
import { endOf, type PodLife, podLives, type Span } from '../../history/pod-lives.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { Clock } from './clock.ts';
import type { PodBar, PodPhase } from './types.ts';

export interface PodBars {
  versions: string[];
  pods: PodBar[];
  /** Index of a pod in `pods`, by its name; −1 for one that has no bar. */
  indexOf(name: string): number;
}

/** A bar for each pod that lived in the timeline's span, in the order in which they came. */
export function podBars(history: ScenarioHistory, clock: Clock): PodBars {
  const sets = replicaSets(history);
  const lives = podLives(history).filter((life) => clock.ms(life.gone ?? Number.MAX_SAFE_INTEGER) >= clock.from);
  // In the order of what they run, so that what is replaced stands above what replaces it; then in that of their ends.
  const rank = (life: PodLife) => sets.get(life.owner)?.rank ?? sets.size;
  const end = ({ deleted = Number.MAX_SAFE_INTEGER }: PodLife) => deleted;
  const sorted = lives.toSorted((a, b) => rank(a) - rank(b) || end(a) - end(b) || a.seen - b.seen);
  const versions = [...new Set(sorted.map((life) => sets.get(life.owner)?.label ?? 'no ReplicaSet'))];
  const indices = new Map(sorted.map(({ name }, index) => [name, index]));
  return {
    versions,
    pods: sorted.map((life) => ({
      name: life.name,
      version: versions.indexOf(sets.get(life.owner)?.label ?? 'no ReplicaSet'),
      node: life.node,
      segments: segmentsOf(life, clock),
      marks: marksOf(life, clock),
      endpoint: life.endpoint.ready.map(({ from, to }): [number, number] => [
        Math.max(clock.ms(from), clock.from),
        to === undefined ? clock.to : clock.ms(to),
      ]),
    })),
    indexOf: (name) => indices.get(name) ?? -1,
  };
}

interface Named {
  label: string;
  rank: number;
}

/** By uid. Ranked by when they were first seen, older revisions first. */
function replicaSets(history: ScenarioHistory): Map<string, Named> {
  const all = new Map<string, { deployment: string; revision: number; images: string }>();
  for (const one of history.observations) {
    if (one.type !== 'object' || one.kind !== 'ReplicaSet' || one.verb === 'deleted') continue;
    const { uid, deployment, revision, images } = replicaSetOf(one);
    // Going back to an old template gives its ReplicaSet a new revision: it stays what it was.
    if (!all.has(uid)) all.set(uid, { deployment, revision, images });
  }
  const several = new Set([...all.values()].map(({ deployment }) => deployment)).size > 1;
  return new Map(
    [...all]
      .sort(([, a], [, b]) => a.revision - b.revision)
      .map(([uid, { deployment, revision, images }], rank) => [
        uid,
        { label: `${several ? `${deployment}, ` : ''}revision ${revision}: ${images}`, rank },
      ]),
  );
}

function segmentsOf(life: PodLife, clock: Clock): PodBar['segments'] {
  const until = life.gone ?? Number.POSITIVE_INFINITY;
  const deleted = Math.min(life.deleted ?? Number.POSITIVE_INFINITY, until);
  const ended = Math.min(endOf(life) ?? Number.POSITIVE_INFINITY, until);
  const first = life.firstReady ?? Number.POSITIVE_INFINITY;
  const started = Math.min(life.started ?? Number.POSITIVE_INFINITY, first);
  const alive: [PodPhase, number, number][] = [
    ['pending', life.seen, Math.min(started, deleted)],
    ['starting', started, Math.min(first, deleted)],
    ...between(life.ready, first, deleted),
    ['terminating', deleted, Math.max(Math.min(ended, until), deleted)],
    ['ended', Math.max(ended, deleted), until],
  ];
  return alive
    .filter(([, from, to]) => to > from)
    .map(([state, from, to]) => ({
      state,
      from: Math.max(clock.ms(from), clock.from),
      to: Number.isFinite(to) ? Math.min(clock.ms(to), clock.to) : clock.to,
    }))
    .filter(({ from, to }) => to > from);
}

/** Ready and not ready in turn, from the first time that it was until it was deleted. */
function between(ready: Span[], first: number, deleted: number): [PodPhase, number, number][] {
  return ready.flatMap(({ from, to }, index): [PodPhase, number, number][] => {
    const end = Math.min(to ?? Number.POSITIVE_INFINITY, deleted);
    const next = Math.min(ready[index + 1]?.from ?? Number.POSITIVE_INFINITY, deleted);
    return [
      ['ready', Math.max(from, first), end],
      ['unready', end, next],
    ];
  });
}

function marksOf(life: PodLife, { ms, from, to }: Clock): PodBar['marks'] {
  const { deleted, sigterm, sigkill, exit, exitCode, crashes, preStopSleep, hasPreStop } = life;
  const hook =
    preStopSleep === undefined ? (hasPreStop ? ', preStop begins' : '') : `, preStop sleeps ${preStopSleep} s`;
  const code = exitCode === undefined ? '' : ` with exit code ${exitCode}`;
  const all: [PodBar['marks'][number]['kind'], number | undefined, string][] = [
    ['deleted', deleted, `deleted${hook}`],
    ['sigterm', sigterm, 'SIGTERM'],
    ['sigkill', sigkill, 'SIGKILL'],
    ['exit', exit ?? (deleted === undefined ? undefined : life.finished), `exits${code}`],
    ...crashes.map((one): [PodBar['marks'][number]['kind'], number, string] => [
      'crash',
      one.t,
      one.code < 0 ? 'its container ended' : `its container ended with exit code ${one.code}`,
    ]),
  ];
  return all
    .flatMap(([kind, t, text]) => (t === undefined ? [] : [{ kind, t: ms(t), text }]))
    .filter(({ t }) => t >= from && t <= to)
    .sort((a, b) => a.t - b.t);
}
