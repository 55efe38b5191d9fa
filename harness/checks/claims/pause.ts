import { type Moment, replay } from '../../history/replay.ts';
import { judgedSpan, type ScenarioHistory, within } from '../../history/select.ts';
import type { LaneName, Nanos } from '../../history/types.ts';
import { isGood } from '../good.ts';
import { counts } from '../moments.ts';
import { define, type Measured } from './measure.ts';
import { unlessBlind } from './sight.ts';

/** While the Deployment is paused, from when the controller has seen it, no ReplicaSet is scaled. */
export const scalesNothingWhilePaused = define('scales-nothing-while-paused', (history) => {
  const pauses = pausesOf(history);
  if (pauses.length === 0) return neverPaused;
  const inside = pauses.flatMap(({ scalings, obeyed }) => scalings.filter(({ t }) => t > obeyed));
  return unlessBlind(history, ['ReplicaSet', 'Deployment'], {
    holds: inside.length === 0,
    figures: pauses.map((pause) => tell(history, pause)).join('; '),
    examined: pauses.reduce((sum, { moments }) => sum + moments, 0),
    witnesses: inside.length > 0 ? inside.map(({ id }) => id) : pauses.map(({ id }) => id),
  });
});

/** While the Deployment is paused, two versions at least give good answers. */
export const mixesVersionsWhilePaused = define<{ lanes?: LaneName[] }>(
  'mixes-versions-while-paused',
  (history, args) => {
    const pauses = pausesOf(history);
    const plan = history.started?.load;
    if (pauses.length === 0 || plan === undefined) return neverPaused;
    const lanes = args.lanes ?? plan.lanes.map(({ name }) => name).filter((name) => name !== 'control');
    const answers = history.requests.filter(
      (one) =>
        lanes.includes(one.lane) &&
        one.version !== '' &&
        isGood(one, plan) &&
        pauses.some(({ obeyed, to }) => within({ from: obeyed, to }, one.t)),
    );
    const shares = lanes.map((lane) => {
      const own = answers.filter((one) => one.lane === lane);
      const versions = [...Map.groupBy(own, ({ version }) => version)].sort(([a], [b]) => a.localeCompare(b));
      const told = versions.map(([version, of]) => `${version} ${((100 * of.length) / own.length).toFixed(0)}%`);
      return `${lane}: ${told.join(', ')} of ${own.length}`;
    });
    const first = Map.groupBy(answers, ({ version }) => version);
    return {
      holds: first.size >= 2,
      figures: shares.join('; '),
      examined: answers.length,
      witnesses: [...first.values()].map(([one]) => one!.id),
    };
  },
);

/** After every pause the rollout goes on and comes to its end. */
export const resumes = define('resumes', (history) => {
  const pauses = pausesOf(history);
  const end = judgedSpan(history)?.to ?? 0;
  if (pauses.length === 0) return neverPaused;
  const all = counts(history);
  const ends = pauses.map(({ to }) => (to >= end ? undefined : all.find(({ t, rolled }) => t > to && rolled)));
  return {
    holds: ends.every((one) => one !== undefined),
    figures: pauses
      .map(({ to }, i) =>
        ends[i] === undefined ? 'never rolled out' : `rolled out ${seconds(ends[i].t - to)} after it was resumed`,
      )
      .join('; '),
    examined: pauses.length,
    witnesses: ends.flatMap((one) => one?.id ?? []),
  };
});

const neverPaused: Measured = {
  holds: undefined,
  figures: 'the Deployment was never paused',
  examined: 0,
  witnesses: [],
};

interface Pause {
  /** Of the observation that shows that the controller has seen it. */
  id: string;
  /** `spec.paused` was written; the controller had seen it; it was written again, or what is judged ended. */
  from: Nanos;
  obeyed: Nanos;
  to: Nanos;
  /** Since `from`. */
  scalings: { t: Nanos; id: string }[];
  moments: number;
}

function pausesOf(history: ScenarioHistory): Pause[] {
  const span = judgedSpan(history);
  const pauses: Pause[] = [];
  let open: Pause | undefined;
  let sizes = '';
  for (const moment of span === undefined ? [] : replay(history)) {
    const { t, event, deployment } = moment;
    if (t >= span!.to) break;
    const now = sizesOf(moment);
    if (open === undefined && deployment?.paused) {
      open = { id: event.id, from: t, obeyed: Number.POSITIVE_INFINITY, to: span!.to, scalings: [], moments: 0 };
    } else if (open !== undefined && !deployment?.paused) {
      open.to = t;
      open = undefined;
    }
    if (open === undefined) sizes = now;
    else {
      open.moments += 1;
      if (now !== sizes) open.scalings.push({ t, id: event.id });
      sizes = now;
      if (open.obeyed > t && deployment!.observedGeneration >= deployment!.generation) {
        Object.assign(open, { obeyed: t, id: event.id });
        pauses.push(open);
      }
    }
  }
  return pauses.filter(({ obeyed }) => obeyed >= span!.from);
}

const sizesOf = ({ replicaSets }: Moment): string =>
  [...replicaSets.values()].map(({ uid, replicas }) => `${uid}=${replicas}`).join();

function tell(history: ScenarioHistory, { from, obeyed, to, scalings }: Pause): string {
  const at = counts(history).findLast(({ t }) => t <= obeyed);
  const late = scalings.filter(({ t }) => t <= obeyed).length;
  const inside = scalings.length - late;
  const state = at === undefined ? '' : ` at ${at.old} old and ${at.new} new`;
  return `paused for ${seconds(to - obeyed)}${state}: ${inside} scalings; ${late} in the ${((obeyed - from) / 1e6).toFixed(0)} ms until the controller had seen it`;
}

const seconds = (nanos: Nanos): string => `${(nanos / 1e9).toFixed(1)} s`;
