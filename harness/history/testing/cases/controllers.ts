import { altered, named } from '../altered.ts';
import { type PodPlan, type RollOptions, standing, youth } from '../roll-plan.ts';
import type { Case } from './case.ts';

/** What the controllers do, and what comes in between. */
export const CONTROLLERS: Record<string, Case> = {
  'bad-image': () => badImage(),
  'crash-loop-one-short': () => crashLoop({}),
  'crash-loop-below-a-wanted-floor': () => crashLoop({ expectation: { verdict: 'pass', floor: 3 } }),

  'eviction-on-top': () => evicted(true),
  'deletion-on-top': () => evicted(false),

  'scaled-out-in-mid-roll': () => scaledOut(),
  'overtaken-by-a-second-roll': () => overtaken(),
  'back-to-an-old-template': () => backToAnOldTemplate(),

  'over-the-ceiling': () => written([10.2, 'web-b', 2]),
  'steps-back': () => written([15, 'web-b', 1], [15.4, 'web-b', 2]),

  'slice-behind-for-too-long': () => sliceBehind(20.1),
  'slice-behind': () => sliceBehind(18),
};

/** The new pod never starts: nothing is deleted, and nothing is lost; the run gives up waiting at 40. */
const badImage = () =>
  altered({}, (plan) => ({
    pods: [...['a1', 'a2', 'a3'].map((name, i) => standing(name, 'web-a', 11 + i)), neverUp('b1', 21, 10.5)],
    sets: plan.sets.filter(({ at }) => at < 11),
    marks: givenUp,
  }))
    .event(12, 'b1', 'Failed', 'Failed to pull image "web:2.0.0": not found')
    .event(13, 'b1', 'BackOff', 'Back-off pulling image "web:2.0.0"')
    .whole();

/** 1 and 1: one old pod is deleted at once, and the two new ones end as soon as they have started. */
const crashLoop = (options: RollOptions) =>
  altered({ strategy: { surge: 1, unavailable: 1 }, ...options }, () => ({
    pods: [
      { ...standing('a1', 'web-a', 11), deleted: 10.4, sigterm: 10.45, exit: 13.45, gone: 14.4 },
      ...['a2', 'a3'].map((name, i) => standing(name, 'web-a', 12 + i)),
      { ...neverUp('b1', 21, 10.5), started: 11.2, crash: { at: 11.5, code: 1 } },
      { ...neverUp('b2', 22, 10.6), started: 11.3, crash: { at: 11.6, code: 1 } },
    ],
    sets: [
      { at: 1, name: 'web-a', revision: 1, replicas: 3 },
      { at: 10.2, name: 'web-b', revision: 2, replicas: 1 },
      { at: 10.3, name: 'web-a', revision: 1, replicas: 2 },
      { at: 10.5, name: 'web-b', revision: 2, replicas: 2 },
    ],
    marks: givenUp,
  }))
    .event(15, 'b1', 'BackOff', 'Back-off restarting failed container app in pod b1')
    .whole();

const givenUp = { ready: 5, trigger: 10, tailEnd: 40, stopped: 41 };

const neverUp = (name: string, address: number, created: number): PodPlan => ({
  ...standing(name, 'web-b', address),
  created,
  started: Infinity,
  listening: Infinity,
  ready: [],
});

/** a3 is deleted at 15, long before its turn; its successor a4 is ready at 17, and takes its turn at 22. */
const evicted = (byEviction: boolean) =>
  altered({ lives: 2 }, (plan) => {
    const { pods } = named(plan, {
      a3: { deleted: 15, sigterm: 15.05, exit: 17.05, gone: 18.05, evicted: byEviction },
    });
    const ending = { deleted: 22, sigterm: 22.05, exit: 24.05, gone: 25.05 };
    return { pods: [...pods, { ...standing('a4', 'web-a', 14), ...youth(15.2), ready: [[17]], ...ending }] };
  }).whole();

/** R goes from 3 to 5 at 16, while 2 of 3 are still old. */
const scaledOut = () =>
  altered({}, (plan) => ({
    generations: [...plan.generations, { at: 16, replicas: 5 }],
    pods: [...plan.pods, ...['b4', 'b5'].map((name, i) => ({ ...standing(name, 'web-b', 24 + i), ...youth(16.3) }))],
    sets: [
      { at: 1, name: 'web-a', revision: 1, replicas: 3 },
      { at: 10.2, name: 'web-b', revision: 2, replicas: 1 },
      { at: 13.9, name: 'web-a', revision: 1, replicas: 2 },
      { at: 14.3, name: 'web-b', revision: 2, replicas: 2 },
      { at: 16.1, name: 'web-b', revision: 2, replicas: 4 },
      { at: 17.9, name: 'web-a', revision: 1, replicas: 1 },
      { at: 18.3, name: 'web-b', revision: 2, replicas: 5 },
      { at: 21.9, name: 'web-a', revision: 1, replicas: 0 },
    ],
  })).whole();

/** The ReplicaSet that is rolled to is the older one, under a new revision. */
const backToAnOldTemplate = () =>
  altered({}, (plan) => ({
    sets: [
      { at: 1, name: 'web-b', revision: 1, replicas: 0 },
      ...plan.sets.map((set) => ({ ...set, revision: set.name === 'web-a' ? 2 : 3 })),
    ],
  })).whole();

/** Further writes of ReplicaSets; one at an instant that is taken replaces what was there. */
const written = (...writes: [number, string, number][]) =>
  altered({}, (plan) => ({
    sets: [
      ...plan.sets.filter(({ at }) => writes.every(([instant]) => instant !== at)),
      ...writes.map(([at, name, replicas]) => ({ at, name, replicas, revision: name === 'web-a' ? 1 : 2 })),
    ].sort((a, b) => a.at - b.at),
  })).whole();

/** The slice takes b1 and b2 up late; a1 is out of it at 14.1, a2 at 18.1. */
const sliceBehind = (listed: number) => altered({}, (plan) => named(plan, { b1: { listed }, b2: { listed } })).whole();

/** At 16 a third template comes, when one of three pods is new: web-b is as old as web-a from then on. */
const overtaken = () =>
  altered({}, (plan) => {
    const ending = (deleted: number) => ({
      deleted,
      sigterm: deleted + 0.05,
      exit: deleted + 5.05,
      gone: deleted + 6.05,
    });
    const { pods } = named(plan, {
      a2: ending(20),
      b1: ending(24),
      b2: { ...ending(16.35), ready: [] },
      a3: ending(28),
    });
    const third = ['c1', 'c2', 'c3'].map((name, i) => ({
      ...standing(name, 'web-c', 31 + i),
      ...youth(16.5 + 4 * i),
    }));
    const write = (at: number, name: string, revision: number, replicas: number) => ({ at, name, revision, replicas });
    return {
      pods: [...pods.filter(({ name }) => name !== 'b3'), ...third],
      generations: [...plan.generations, { at: 16.1 }],
      overtaken: [{ at: 16, kind: 'rollover' }],
      sets: [
        ...plan.sets.filter(({ at }) => at < 16),
        write(16.2, 'web-c', 3, 0),
        write(16.3, 'web-b', 2, 1),
        write(16.4, 'web-c', 3, 1),
        write(19.9, 'web-a', 1, 1),
        write(20.3, 'web-c', 3, 2),
        write(23.9, 'web-b', 2, 0),
        write(24.3, 'web-c', 3, 3),
        write(27.9, 'web-a', 1, 0),
      ],
      marks: { ...plan.marks, rolled: 28.2, settled: 34.2, tailEnd: 38.2, stopped: 39 },
    };
  }).whole();
