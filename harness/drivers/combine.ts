import { rolling } from './rolling.ts';
import {
  type Ending,
  NotReached,
  notEnded,
  type StartedWorkload,
  type Step,
  type Transition,
  type WorkloadView,
} from './workload.ts';
import { wrap } from './wrap.ts';

/** When one transition overtakes another: at a wave (old, new) of it or later, or so many seconds after its write. */
export type At = { wave: [old: number, fresh: number] } | { seconds: number };

const WAVE_BUDGET_MS = 120_000;

/**
 * One transition, and another in the middle of it. Each is judged as a transition of its own. Where the first does not get
 * that far, the second does not begin.
 *
 * @throws Error, when driven, where the first is over before the other's moment has come.
 */
export function overtaken(first: Transition, at: At, second: Transition): Transition {
  return both(first, second, async (workload, ending) => {
    await second.prepare?.(workload);
    await moment(workload, at, { of: first.detail, for: second.detail, ending });
  });
}

/**
 * Transitions one after the other, each once the one before it has come to its end. Each is judged as a transition of
 * its own. Steps between them, or after the last, belong to the one before. Where one does not end, none after it begins.
 */
export function inTurn(first: Transition, ...others: (Transition | Step)[]): Transition {
  return others.reduce<Transition>(
    (before, next) => ('take' in next ? then(before, next) : after(before, next)),
    first,
  );
}

function after(first: Transition, second: Transition): Transition {
  return both(first, second, async (workload, ending) => {
    await end(workload, ending);
    await second.prepare?.(workload);
  });
}

function then(transition: Transition, step: Step): Transition {
  return wrap(transition, (inner) => ({
    async drive(workload) {
      const ending = await inner.drive(workload);
      const missed = await inVain(end(workload, ending));
      if (missed !== undefined) return notEnded(ending, missed);
      await step.take(workload);
      return ending;
    },
  }));
}

const end = (workload: StartedWorkload, { what, budgetMs = workload.settleBudgetMs, holds }: Ending): Promise<void> =>
  workload.until(what, budgetMs, holds);

/** Where what is waited for does not come in its time, what is said of that. */
const inVain = (waiting: Promise<void>): Promise<NotReached | undefined> =>
  waiting.then(
    () => undefined,
    (error) => {
      if (error instanceof NotReached) return error;
      throw error;
    },
  );

/** A rolling update to the first image, which one to the second overtakes. */
export function rollover({
  container,
  images,
  at,
}: {
  container: string;
  images: [first: string, second: string];
  at: At;
}): Transition {
  const [first, second] = images.map((image) => rolling({ container, image })) as [Transition, Transition];
  return overtaken(first, at, as('rollover', second));
}

/** Under the name of another kind. */
export function as(kind: string, transition: Transition): Transition {
  return wrap(transition, () => ({ kind }));
}

/**
 * Waits for a moment in a transition that is under way.
 *
 * @throws Error where the transition is over before; NotReached where it does not get that far.
 */
export async function moment(
  workload: StartedWorkload,
  at: At,
  transition: { of: string; for: string; ending: Ending },
): Promise<void> {
  const what = 'wave' in at ? `wave (${at.wave.join(',')})` : `${at.seconds} s to pass`;
  const budgetMs = 'wave' in at ? WAVE_BUDGET_MS : at.seconds * 1000 + WAVE_BUDGET_MS;
  const comes = momentOf(at);
  let over = false;
  await workload.until(what, budgetMs, (now) => {
    over = transition.ending.holds(now);
    return over || comes(now);
  });
  if (over) throw new Error(`${transition.of}: it was over before ${transition.for} could overtake it`);
}

function both(
  first: Transition,
  second: Transition,
  wait: (workload: StartedWorkload, ending: Ending) => Promise<void>,
): Transition {
  return {
    ...first,
    async drive(workload) {
      const ending = await first.drive(workload);
      const missed = await inVain(wait(workload, ending));
      if (missed !== undefined) return notEnded(ending, missed);
      workload.trigger({ ...second, ...second.facts?.(workload) });
      return second.drive(workload);
    },
    withImages: (images) => both(first.withImages?.(images) ?? first, second.withImages?.(images) ?? second, wait),
  };
}

function momentOf(at: At): (now: WorkloadView) => boolean {
  if ('wave' in at) {
    const [old, fresh] = at.wave;
    return (now) => now.old <= old && now.new >= fresh;
  }
  const begin = performance.now();
  return () => performance.now() - begin >= at.seconds * 1000;
}
