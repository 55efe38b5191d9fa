import { markerAt, objectsOf, type ScenarioHistory } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';
import { define, type Measured, unseen } from './measure.ts';
import { type PodRow, podRow, readRow } from './pod-row.ts';
import { unlessBlind } from './sight.ts';

/**
 * `kubectl get pods --watch` shows each pod go through the same values of READY, STATUS and RESTARTS as our own watch saw,
 * in the same order. Not known where no container was restarted: then it had no count to show.
 */
export const watchShowsAll = define('watch-shows-all', (history) => {
  const pods = compare(history);
  if (pods === undefined) return unseen(NO_WATCH);
  const other = pods.filter(({ pairs, ours }) => pairs.length < ours.length);
  const steps = pods.flatMap(({ ours }) => ours.slice(1).map(({ row }, i) => ({ before: ours[i]!.row, row })));
  const ready = steps.filter(({ before, row }) => row.ready !== before.ready).length;
  const restarts = steps.filter(({ before, row }) => row.restarts !== before.restarts).length;
  const [first] = other;
  const where = first && {
    pod: first.pod,
    ours: tell(first.ours[first.pairs.length]),
    its: tell(first.its[first.pairs.length]),
  };
  const measured: Measured = {
    holds: other.length > 0 ? false : restarts > 0 ? true : undefined,
    figures:
      where === undefined
        ? `${steps.length} changes of ${pods.length} pods, each in the same order: ${ready} of READY, ${restarts} of RESTARTS`
        : `${other.length} of ${pods.length} pods differ: of ${where.pod} we saw ${where.ours} where it showed ${where.its}`,
    examined: steps.length,
    witnesses: other.flatMap(({ ours, pairs }) => ours[pairs.length]?.id ?? []),
  };
  return unlessBlind(history, ['Pod'], measured);
});

/** Each change that both saw came from kubectl no more than `ms` later than from our own watch. */
export const watchIsTimely = define<{ ms: number }>('watch-is-timely', (history, { ms }) => {
  const pods = compare(history);
  if (pods === undefined) return unseen(NO_WATCH);
  // The first of each is the list with which a watch begins.
  const pairs = pods.flatMap((one) => one.pairs.slice(one.listed ? 1 : 0));
  const delays = pairs.map(({ ours, its }) => (its.t - ours.t) / 1e6).sort((a, b) => a - b);
  const late = pairs.filter(({ ours, its }) => its.t - ours.t > ms * 1e6);
  const at = (share: number) => `${(delays[Math.floor((delays.length - 1) * share)] ?? 0).toFixed(0)} ms`;
  return {
    holds: late.length === 0,
    figures: `${pairs.length} lines came ${at(0.5)} after our watch at the median, ${at(1)} at most`,
    examined: pairs.length,
    witnesses: late.map(({ its }) => its.id),
  };
});

const NO_WATCH = 'no `kubectl get pods --watch` beside it';

interface Shown {
  id: string;
  t: Nanos;
  row: PodRow;
}

interface Compared {
  pod: string;
  /** It was there when kubectl's watch began. */
  listed: boolean;
  ours: Shown[];
  its: Shown[];
  /** As far as both are the same. */
  pairs: { ours: Shown; its: Shown }[];
}

/** By pod, from kubectl's list to the end of what is judged. kubectl's watch goes on a little longer than that. */
function compare(history: ScenarioHistory): Compared[] | undefined {
  const its = linesOf(history);
  const begin = history.actions.find(({ action, output }) => action === 'watch-pods' && output !== undefined)?.t;
  const end = markerAt(history, 'tail-end') ?? Number.POSITIVE_INFINITY;
  if (begin === undefined || its.size === 0) return undefined;
  return [...watched(history)].flatMap(([pod, all]) => {
    const first = all.findLastIndex(({ t }) => t <= begin);
    const ours = changes(all.slice(Math.max(0, first)).filter(({ t }) => t < end));
    // Gone before kubectl looked.
    if (ours.length === 0 || (first === all.length - 1 && !its.has(pod))) return [];
    const shown = changes(its.get(pod) ?? []);
    const differ = ours.findIndex(({ row }, i) => shown[i] === undefined || tell(shown[i]) !== tell({ row }));
    const same = ours.slice(0, differ === -1 ? undefined : differ);
    const pairs = same.map((one, i) => ({ ours: one, its: shown[i]! }));
    return [{ pod, listed: first >= 0, ours, its: shown, pairs }];
  });
}

function linesOf({ actions }: ScenarioHistory): Map<string, Shown[]> {
  const lines = new Map<string, Shown[]>();
  for (const { action, id, t, output = '' } of actions) {
    const read = action === 'watch-pods' ? readRow(output) : undefined;
    if (read !== undefined) lines.set(read.pod, [...(lines.get(read.pod) ?? []), { id, t, row: read.row }]);
  }
  return lines;
}

/** What our own watch saw of each pod, in the order of receipt. */
function watched(history: ScenarioHistory): Map<string, Shown[]> {
  const pods = new Map<string, Shown[]>();
  for (const one of objectsOf(history, 'Pod')) {
    if (one.namespace !== history.started?.workload.namespace) continue;
    pods.set(one.name, [...(pods.get(one.name) ?? []), { id: one.id, t: one.t, row: podRow(one.object) }]);
  }
  return pods;
}

const changes = (all: Shown[]): Shown[] => all.filter((one, i) => i === 0 || tell(one) !== tell(all[i - 1]));

const tell = (shown: Pick<Shown, 'row'> | undefined): string =>
  shown === undefined ? 'nothing' : `${shown.row.ready} ${shown.row.status} ${shown.row.restarts}`;
