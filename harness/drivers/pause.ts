import { type At, moment } from './combine.ts';
import { holdFor } from './hold.ts';
import { kubectl } from './kubectl.ts';
import { rolledOut, type StartedWorkload, type Transition } from './workload.ts';
import { wrap } from './wrap.ts';

const SEEN_BUDGET_MS = 30_000;

/**
 * `kubectl rollout pause`, as a transition of its own: until the controller has seen it. What is changed then does not
 * roll before `resume`: `inTurn(pause(), overtaken(rolling(…), { seconds: 5 }, resume()))`.
 */
export function pause(): Transition {
  return {
    kind: 'pause',
    detail: PAUSE,
    async drive(workload) {
      await write(workload, 'pause');
      return { what: 'the pause to be seen', budgetMs: SEEN_BUDGET_MS, holds: ({ paused }) => paused() };
    },
  };
}

/** `kubectl rollout resume`, as a transition of its own: until all that was changed meanwhile is rolled out. */
export function resume(): Transition {
  return {
    kind: 'resume',
    detail: RESUME,
    async drive(workload) {
      await write(workload, 'resume');
      return rolledOut(workload);
    },
  };
}

/**
 * A transition that rolls, paused in the middle of it, held so long with nothing else done, and resumed. It stays one
 * transition, whose waves go on after the pause. The history has the actions "pause" and "resume"; that the controller
 * has seen each is told by the Deployment's observedGeneration.
 *
 * @throws Error, when driven, where the transition is over before it is paused.
 */
export function pauseResume(transition: Transition, { at, seconds }: { at: At; seconds: number }): Transition {
  return wrap(transition, (inner) => ({
    kind: 'pause-resume',
    detail: `${inner.detail}, paused for ${seconds} s`,
    async drive(workload) {
      const ending = await inner.drive(workload);
      await moment(workload, at, { of: inner.detail, for: PAUSE, ending });
      await write(workload, 'pause');
      let over = false;
      await workload.until('the pause to be seen', SEEN_BUDGET_MS, (now) => {
        over = ending.holds(now);
        return over || now.paused();
      });
      if (over) throw new Error(`${inner.detail}: it was over before the pause was seen`);
      await holdFor(workload, seconds);
      await write(workload, 'resume');
      return rolledOut(workload);
    },
  }));
}

const PAUSE = 'kubectl rollout pause';
const RESUME = 'kubectl rollout resume';

async function write(workload: StartedWorkload, action: 'pause' | 'resume'): Promise<void> {
  const detail = action === 'pause' ? PAUSE : RESUME;
  await kubectl(workload, { action, detail }, ['rollout', action, `deployment/${workload.deployment}`]);
}
