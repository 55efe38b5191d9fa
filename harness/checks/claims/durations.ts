import { podLives } from '../../history/pod-lives.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';
import { fenceposts } from '../fenceposts.ts';
import { quantile } from '../good.ts';
import { type Course, courseOf, samePair } from './course.ts';
import { define, type Measured } from './measure.ts';
import { stateAt } from './pods.ts';
import { unlessBlind } from './sight.ts';

interface Limits {
  /** Index of the transition; negative from the last one. Default: the last one. */
  of?: number;
  atLeastSeconds?: number;
  atMostSeconds?: number;
}

/** A transition has rolled out, from its trigger on, in so many seconds; without limits: at all. */
export const duration = define<Limits>('duration', (history, { of = -1, ...limits }) => {
  const course = courseOf(history, of);
  if (course === undefined) return nothing;
  const { atLeastSeconds = 0, atMostSeconds = Number.POSITIVE_INFINITY } = limits;
  const seconds = secondsOf(course);
  return unlessBlind(history, ['ReplicaSet', 'Deployment'], {
    holds: seconds !== undefined && seconds >= atLeastSeconds && seconds <= atMostSeconds,
    figures: tell(course),
    examined: course.counts.length,
    witnesses: course.rolled === undefined ? [] : [course.rolled.id],
  });
});

interface Pair {
  /** Indexes of transitions. Default: the last one, and the first. */
  of?: number;
  as?: number;
  /** Shares of the other's duration. Default 0.5: between half as long and half as long again. */
  tolerance?: number;
}

/** One transition takes about as long to roll out as another. */
export const asLongAs = define<Pair>('as-long-as', (history, { of = -1, as = 0, tolerance = 0.5 }) => {
  const [one, other] = [courseOf(history, of), courseOf(history, as)];
  if (one === undefined || other === undefined) return nothing;
  const [took, against] = [secondsOf(one), secondsOf(other)];
  const both = took !== undefined && against !== undefined;
  return {
    holds: both ? Math.abs(took - against) <= tolerance * against : undefined,
    figures: both
      ? `${took.toFixed(1)} s against ${against.toFixed(1)} s, ${(took / against).toFixed(2)} times as long`
      : `${tell(one)}; the other: ${tell(other)}`,
    examined: both ? one.counts.length + other.counts.length : 0,
    witnesses: [one.rolled, other.rolled].flatMap((instant) => instant?.id ?? []),
  };
});

interface Model {
  of?: number;
  /** Of one pod, to its readiness. Default: the median of the transition's own pods, from their creation on. */
  startupSeconds?: number;
  /** Shares of the model's time. Default 0.25. */
  tolerance?: number;
}

/**
 * A transition takes as long as the model says: G + U pods start at a time, so it takes ⌈R / (G + U)⌉ times the start-up
 * of one, and minReadySeconds each time.
 */
export const matchesModel = define<Model>('matches-model', (history, { of = -1, tolerance = 0.25, ...given }) => {
  const course = courseOf(history, of);
  // As it is at the transition's end: it may change what it surges too.
  const deployment = course && stateAt(history, course.to - 1)?.deployment;
  if (course === undefined || deployment === undefined) return nothing;
  const took = secondsOf(course);
  const startup = given.startupSeconds ?? medianStartup(history, course);
  if (took === undefined || startup === undefined) return { ...nothing, figures: tell(course) };
  const { surge, unavailable } = fenceposts(deployment);
  const { replicas, minReadySeconds } = deployment;
  const rounds = Math.ceil(replicas / (surge + unavailable));
  const model = rounds * (startup + minReadySeconds);
  const each = `${startup.toFixed(1)} s of start-up${minReadySeconds > 0 ? ` and ${minReadySeconds} s of minReadySeconds` : ''}`;
  return {
    holds: Math.abs(took - model) <= tolerance * model,
    figures: `${took.toFixed(1)} s; the model says ${model.toFixed(1)} s: ${rounds} times ${each}, as ${replicas} pods roll ${surge + unavailable} at a time`,
    examined: course.counts.length,
    witnesses: course.rolled === undefined ? [] : [course.rolled.id],
  };
});

const nothing: Measured = { holds: undefined, figures: 'there was no such transition', examined: 0, witnesses: [] };

const since = ({ from }: Course, t: Nanos): number => (t - from) / 1e9;

const secondsOf = (course: Course): number | undefined =>
  course.rolled === undefined ? undefined : since(course, course.rolled.t);

function tell(course: Course): string {
  const { rolled, settled, counts, to } = course;
  if (rolled === undefined) return `not rolled out in ${since(course, to).toFixed(1)} s`;
  const scalings = counts.filter((count, i) => i > 0 && !samePair(count, counts[i - 1]!)).length;
  const end =
    settled === undefined
      ? 'pods still terminated at the end'
      : `no pod terminated any more after ${since(course, settled.t).toFixed(1)} s`;
  return `${counts.at(-1)!.replicas} pods rolled out in ${since(course, rolled.t).toFixed(1)} s and ${scalings} scalings; ${end}`;
}

function medianStartup(history: ScenarioHistory, { from, to }: Course): number | undefined {
  const seconds = podLives(history)
    .filter(({ seen, firstReady }) => seen >= from && seen < to && firstReady !== undefined)
    .map(({ seen, firstReady }) => (firstReady! - seen) / 1e9)
    .sort((a, b) => a - b);
  return quantile(seconds, 0.5);
}
