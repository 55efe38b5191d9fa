import { altered, named } from '../altered.ts';
import { type RollOptions, type RollPlan, rollPlan, youth } from '../roll-plan.ts';
import { ToldRoll } from '../tell-roll.ts';
import type { Case } from './case.ts';

/** What the Deployment asks for. */
export const STRATEGY: Record<string, Case> = {
  'good-roll': () => told({}),
  'good-roll-all-lanes': () => told({ lanes: ['new', 'kept', 'kept-post'], container: { sleep: 2 }, lives: 3 }),

  'strategy-recreate': () =>
    new ToldRoll(recreate()).sent(11.5, { lost: 'refused' }).sent(14.4, { lost: 'refused' }).whole(),
  'single-replica-unavailable': () => singleReplica(),
  'single-replica-deleted-by-hand': () => deletedByHand(),

  rounding: () => firstGoesEarly({ replicas: 4 }),
  'rounding-below-a-wanted-floor': () => firstGoesEarly({ replicas: 4, expectation: { verdict: 'pass', floor: 4 } }),
  'rounding-of-three': () => firstGoesEarly({ replicas: 3 }),
  'both-fenceposts-zero': () => bothZero(),

  'min-ready-seconds': () => told({ minReadySeconds: 5 }),
  'min-ready-seconds-not-waited-for': () =>
    altered({}, ({ marks }) => ({ minReadySeconds: 5, marks: { ...marks, rolled: 27 } })).whole(),
};

const told = (options: RollOptions) => new ToldRoll(rollPlan(options)).whole();

/** All old pods are deleted at 10.4 and gone at 12.5; the new ones are created at 12.6, and ready at 15.9. */
function recreate(): RollPlan {
  const plan = rollPlan({ strategy: { recreate: true }, minRequests: 5 });
  const old = { deleted: 10.4, sigterm: 10.45, exit: 11.45, gone: 12.5 };
  return {
    ...plan,
    pods: plan.pods.map((pod) => ({ ...pod, ...(pod.set === 'web-a' ? old : youth(12.6)) })),
    sets: [
      { at: 1, name: 'web-a', revision: 1, replicas: 3 },
      { at: 10.2, name: 'web-a', revision: 1, replicas: 0 },
      { at: 12.55, name: 'web-b', revision: 2, replicas: 3 },
    ],
    marks: { ...plan.marks, rolled: 16.2, settled: 16.4, tailEnd: 20.4, stopped: 21 },
  };
}

/** Its only pod is deleted at 10.4; the next is ready at 13.8. Whoever calls meanwhile is turned away. */
const singleReplica = () =>
  altered({ replicas: 1, strategy: { surge: 0, unavailable: 1 }, lives: 1 }, (plan) => ({
    ...named(plan, { a1: { deleted: 10.4, sigterm: 10.45, exit: 11.45, gone: 12.4 } }),
    sets: [
      { at: 1, name: 'web-a', revision: 1, replicas: 1 },
      { at: 10.2, name: 'web-b', revision: 2, replicas: 0 },
      { at: 10.3, name: 'web-a', revision: 1, replicas: 0 },
      { at: 10.45, name: 'web-b', revision: 2, replicas: 1 },
    ],
  }))
    .sent(11.6, { lost: 'refused' })
    .sent(12.6, { lost: 'refused' })
    .whole();

/** 1 and 0, and somebody deletes the only pod at 10.6: its successor a2 and the new pod b1 are ready at 15.5. */
const deletedByHand = () =>
  altered({ replicas: 1, lives: 1 }, ({ pods: [a1, b1], sets, marks }) => ({
    pods: [
      { ...a1!, deleted: 10.6, sigterm: 10.65, exit: 11.65, gone: 12.65 },
      { ...a1!, ...youth(10.7), name: 'a2', ip: '10.244.0.12', ready: [[15.5]], ...endingAt(16) },
      { ...b1!, ready: [[15.5]] },
    ],
    sets: sets.map((set) => (set.at === 13.9 ? { ...set, at: 15.9 } : set)),
    marks: { ...marks, rolled: 16.1, settled: 18.3, tailEnd: 22.3, stopped: 23 },
  }))
    .sent(14.2, { lost: 'refused' })
    .sent(15, { lost: 'refused' })
    .whole();

const endingAt = (deleted: number) => ({
  deleted,
  sigterm: deleted + 0.05,
  exit: deleted + 1.05,
  gone: deleted + 2.05,
});

/** 25% each: the first old pod goes at once, before any new one is ready. */
const firstGoesEarly = (options: RollOptions) =>
  altered({ ...options, strategy: { surge: '25%', unavailable: '25%' } }, (plan) => ({
    ...named(plan, { a1: { deleted: 10.6, sigterm: 10.65, exit: 15.65, gone: 16.65 } }),
    sets: plan.sets.map((set) => (set.at === 13.9 ? { ...set, at: 10.5 } : set)).sort((a, b) => a.at - b.at),
  })).whole();

/** 0 and 0: one may be missing, else nothing could move. Each old pod goes before its successor comes. */
const bothZero = () =>
  altered({ strategy: { surge: 0, unavailable: 0 } }, (plan) => ({
    ...named(plan, {
      a1: { deleted: 10.4, sigterm: 10.45, exit: 13.45, gone: 14.4 },
      a2: { deleted: 14, sigterm: 14.05, exit: 17.05, gone: 18 },
      a3: { deleted: 18, sigterm: 18.05, exit: 21.05, gone: 22.4 },
    }),
    sets: [
      { at: 1, name: 'web-a', revision: 1, replicas: 3 },
      { at: 10.2, name: 'web-b', revision: 2, replicas: 0 },
      { at: 10.3, name: 'web-a', revision: 1, replicas: 2 },
      { at: 10.45, name: 'web-b', revision: 2, replicas: 1 },
      { at: 13.9, name: 'web-a', revision: 1, replicas: 1 },
      { at: 14.3, name: 'web-b', revision: 2, replicas: 2 },
      { at: 17.9, name: 'web-a', revision: 1, replicas: 0 },
      { at: 18.3, name: 'web-b', revision: 2, replicas: 3 },
    ],
  })).whole();
