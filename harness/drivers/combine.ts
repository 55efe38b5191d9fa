import { rolling } from './rolling.ts';
import type { StartedWorkload, Transition, WorkloadView } from './workload.ts';

/** When one transition overtakes another: at a wave (old, new) of it or later, or so many seconds after its write. */
export type At = { wave: [old: number, fresh: number] } | { seconds: number };

const WAVE_BUDGET_MS = 120_000;
const SETTLE_BUDGET_MS = 180_000;

/**
 * One transition, and another in the middle of it. Each is judged as a transition of its own.
 *
 * @throws Error, when driven, where the first is over before the other's moment has come.
 */
export function overtaken(first: Transition, at: At, second: Transition): Transition {
  return both(first, second, async (workload, generation) => {
    const what = 'wave' in at ? `wave (${at.wave.join(',')})` : `${at.seconds} s to pass`;
    const budgetMs = 'wave' in at ? WAVE_BUDGET_MS : at.seconds * 1000 + WAVE_BUDGET_MS;
    const comes = momentOf(at);
    let over = false;
    await workload.until(what, budgetMs, (now) => {
      over = now.settled(generation);
      return over || comes(now);
    });
    if (over) throw new Error(`${first.detail}: it was over before ${second.detail} could overtake it`);
  });
}

/** One transition, and the other once it has settled. Each is judged as a transition of its own. */
export function inTurn(first: Transition, second: Transition): Transition {
  return both(first, second, (workload, generation) =>
    workload.until(`the end of ${first.detail}`, SETTLE_BUDGET_MS, ({ settled }) => settled(generation)),
  );
}

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
function as(kind: string, transition: Transition): Transition {
  const { withImages } = transition;
  return {
    ...transition,
    kind,
    ...(withImages ? { withImages: (images: Record<string, string>) => as(kind, withImages(images)) } : {}),
  };
}

function both(
  first: Transition,
  second: Transition,
  wait: (workload: StartedWorkload, generation: number) => Promise<void>,
): Transition {
  return {
    kind: first.kind,
    detail: first.detail,
    async drive(workload) {
      await wait(workload, await first.drive(workload));
      workload.trigger(second);
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
