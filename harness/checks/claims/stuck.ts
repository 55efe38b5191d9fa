import type { Nanos, WatchedKind } from '../../history/types.ts';
import type { Count } from '../moments.ts';
import { type Course, courseOf, samePair } from './course.ts';
import { define, type Measured } from './measure.ts';
import { unlessBlind } from './sight.ts';

const WATCHED: WatchedKind[] = ['ReplicaSet', 'Deployment'];

interface Of {
  /** Index of the transition. Default: the first. */
  of?: number;
}

/** A rollout does not get on: it says ProgressDeadlineExceeded, and from then on no ReplicaSet is scaled. */
export const getsStuck = define<Of>('gets-stuck', (history, { of = 0 }) => {
  const course = courseOf(history, of);
  if (course?.stalled === undefined) return neverStuck(course);
  const { stalled } = course;
  const after = scalingsAfter(course, stalled.t);
  return unlessBlind(history, WATCHED, {
    holds: after.length === 0,
    figures: tell(course, stalled.t, after),
    examined: course.counts.length,
    witnesses: after.length > 0 ? after.map(({ id }) => id) : [stalled.id],
  });
});

/** Once stuck, a rollout goes back by itself, before anybody does anything about it. Not known where none was stuck. */
export const reversesByItself = define<Of>('reverses-by-itself', (history, { of = 0 }) => {
  const course = courseOf(history, of);
  if (course?.stalled === undefined) return { ...neverStuck(course), holds: undefined };
  const { stalled, counts } = course;
  const back = counts.filter(
    (count, i) => count.t >= stalled.t && i > 0 && (count.new < counts[i - 1]!.new || count.old > counts[i - 1]!.old),
  );
  return unlessBlind(history, WATCHED, {
    holds: back.length > 0,
    figures: tell(course, stalled.t, scalingsAfter(course, stalled.t)),
    examined: counts.length,
    witnesses: back.length > 0 ? back.map(({ id }) => id) : [stalled.id],
  });
});

function neverStuck(course: Course | undefined): Measured {
  const none = { figures: 'there was no such transition', examined: 0, holds: undefined, witnesses: [] };
  if (course === undefined) return none;
  const { counts, from, to } = course;
  return {
    ...none,
    holds: false,
    examined: counts.length,
    figures: `no ProgressDeadlineExceeded in ${seconds(to - from)}`,
  };
}

const scalingsAfter = ({ counts }: Course, t: Nanos): Count[] =>
  counts.filter((count, i) => count.t >= t && i > 0 && !samePair(count, counts[i - 1]!));

/** "ProgressDeadlineExceeded 16.1 s after the trigger, at 3 old and 1 new; 0 scalings in the 9.2 s up to …" */
function tell({ from, to, counts, scaled }: Course, stalled: Nanos, after: Count[]): string {
  const { old, new: fresh } = counts.findLast(({ t }) => t <= stalled) ?? counts[0]!;
  const last = scaled === undefined ? '' : `, the last scaling after ${seconds(scaled.t - from)}`;
  return `ProgressDeadlineExceeded ${seconds(stalled - from)} after the trigger, at ${old} old and ${fresh} new${last}; ${after.length} scalings in the ${seconds(to - stalled)} after it`;
}

const seconds = (nanos: Nanos): string => `${(nanos / 1e9).toFixed(1)} s`;
