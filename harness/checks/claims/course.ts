import { replay } from '../../history/replay.ts';
import { type ScenarioHistory, type TransitionSpan, transitionsOf } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';
import { type Count, counts } from '../moments.ts';

/** An instant, and the observation that shows it. */
export interface Instant {
  t: Nanos;
  id: string;
}

/** How one transition went. What did not happen is undefined. */
export interface Course extends TransitionSpan {
  /** At each of its instants. */
  counts: Count[];
  /** The last change of a ReplicaSet's `spec.replicas`. */
  scaled?: Instant;
  /** The Deployment had rolled out, as `kubectl rollout status` means it. */
  rolled?: Instant;
  /** After that, the first instant at which no pod was terminating. */
  settled?: Instant;
  /** The Deployment first said ProgressDeadlineExceeded. */
  stalled?: Instant;
}

/** The transition of that index, counted from the last one where it is negative. Undefined where there is none. */
export function courseOf(history: ScenarioHistory, of: number): Course | undefined {
  const spans = transitionsOf(history);
  const index = of < 0 ? spans.length + of : of;
  const span = spans[index];
  if (span === undefined) return undefined;
  const own = counts(history).filter(({ transition }) => transition === index);
  // What was rolled out at the trigger is the state before.
  const begun = own.findIndex(({ rolled }) => !rolled);
  const rolled = begun === -1 ? undefined : own.find((count, i) => i > begun && count.rolled);
  return {
    ...span,
    counts: own,
    ...named('scaled', lastScaling(own)),
    ...named('rolled', rolled),
    ...named(
      'settled',
      rolled && own.find(({ t, terminating, oldPods }) => t >= rolled.t && terminating === 0 && oldPods === 0),
    ),
    ...named('stalled', stallIn(history, span)),
  };
}

export const samePair = (a: Count, b: Count): boolean => a.old === b.old && a.new === b.new;

function named<K extends string>(name: K, instant: Instant | undefined): { [key in K]?: Instant } {
  return instant === undefined ? {} : ({ [name]: { t: instant.t, id: instant.id } } as { [key in K]?: Instant });
}

const lastScaling = (own: Count[]): Count | undefined =>
  own.findLast((count, i) => i > 0 && !samePair(count, own[i - 1]!));

/** Its beginning: one that overtakes a stalled roll begins with that roll's condition. */
function stallIn(history: ScenarioHistory, { from, to }: TransitionSpan): Instant | undefined {
  let before = false;
  for (const { t, event, deployment } of replay(history)) {
    if (t >= to) return undefined;
    const stalled = deployment?.stalled ?? false;
    if (stalled && !before && t >= from) return { t, id: event.id };
    before = stalled;
  }
  return undefined;
}
