import { describe, expect, test } from 'vitest';
import type { DeploymentState } from '../history/replay.ts';
import { fenceposts, limits } from './fenceposts.ts';

const deployment = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): DeploymentState => ({
  generation: 1,
  observedGeneration: 1,
  replicas,
  strategy: 'RollingUpdate',
  maxSurge,
  maxUnavailable,
  minReadySeconds: 0,
  paused: false,
  stalled: false,
  status: { replicas, updated: replicas, available: replicas },
});

// Worked out by hand from ResolveFenceposts: surge rounds up, unavailable down.
test.each([
  [3, '25%', '25%', 1, 0],
  [4, '25%', '25%', 1, 1],
  [10, '25%', '25%', 3, 2],
  [3, 1, 0, 1, 0],
  [3, 0, 0, 0, 1],
  [3, '0%', '10%', 0, 1],
  [1, '25%', '25%', 1, 0],
  [2, 1, 5, 1, 2],
  [3, '40%', '40%', 2, 1],
  [0, '25%', '25%', 0, 0],
  [0, 0, 0, 0, 0],
])('R = %i, %s/%s: surge %i, unavailable %i', (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
  expect(fenceposts(deployment(replicas, maxSurge, maxUnavailable))).toEqual({ surge, unavailable });
});

test('Recreate takes all down', () => {
  expect(fenceposts({ ...deployment(3, 1, 0), strategy: 'Recreate' })).toEqual({ surge: 0, unavailable: 3 });
});

describe('pods that the scenario has deleted itself', () => {
  type At = Parameters<ReturnType<typeof limits>>[0];
  /** Three wanted, 1/0. */
  const floors = (...seen: Partial<At>[]) => {
    const at = limits();
    const calm = { deployment: deployment(3, 1, 0), kept: 3, available: 3, overrated: false, wanted: 3, deleted: 0 };
    return seen.map((one) => at({ t: 0, ...calm, ...one }).floor);
  };
  const [second, tenth] = [1e9, 1e8];

  test('are made up for once enough are there a second later, to the instant', () =>
    expect(
      floors(
        { t: 5 * second, deleted: 1 },
        { t: 5 * second + 9 * tenth, deleted: 1 },
        { t: 6 * second - 1, deleted: 1 },
        { t: 6 * second, deleted: 1 },
      ),
    ).toEqual([2, 2, 2, 3]));

  test('add up, whatever was made up for before', () => {
    const missing = { deleted: 1, kept: 2 };
    expect(
      floors(
        { t: 5 * second, ...missing },
        { t: 7 * second, ...missing },
        { t: 8 * second, deleted: 3, kept: 1 },
        { t: 9 * second, deleted: 3 },
        { t: 10 * second, deleted: 3 },
        { t: 20 * second, deleted: 5, kept: 1 },
      ),
    ).toEqual([2, 2, 0, 1, 3, 1]);
  });

  test('are missing as long as the controller may not know', () =>
    expect(
      floors(
        { t: 5 * second, deleted: 1 },
        { t: 7 * second, deleted: 1, overrated: true },
        { t: 8 * second, deleted: 1 },
        { t: 9 * second, deleted: 1 },
      ),
    ).toEqual([2, 3, 3, 3]));
});

describe('the floor and the ceiling while what they are made of changes', () => {
  /** Each step: R, surge, unavailable, whether the controller has seen it, kept, wanted. */
  type Step = [number, number | string, number | string, boolean, number, number];
  const play = (...steps: Step[]) => {
    const at = limits();
    return steps.map(([replicas, surge, unavailable, obeyed, kept, wanted], i) => {
      const spec = {
        ...deployment(replicas, surge, unavailable),
        generation: i + 1,
        observedGeneration: i + (obeyed ? 1 : 0),
      };
      const { floor, ceiling } = at({
        t: 0,
        deployment: spec,
        kept,
        available: kept,
        overrated: false,
        wanted,
        deleted: 0,
      });
      return `${floor}–${ceiling}`;
    });
  };
  test.each<[string, Step[], string]>([
    [
      'constant',
      [
        [3, 1, 0, true, 3, 3],
        [3, 1, 0, true, 3, 4],
      ],
      '3–4 3–4',
    ],
    [
      'R rises: the smaller floor until as many are available, the larger ceiling at once',
      [
        [3, 1, 0, true, 3, 3],
        [6, 1, 0, false, 3, 3],
        [6, 1, 0, true, 5, 7],
        [6, 1, 0, true, 6, 7],
        [6, 1, 0, true, 5, 6],
      ],
      '3–4 3–7 3–7 6–7 6–7',
    ],
    [
      'R falls: the smaller floor at once, the larger ceiling until no more are wanted',
      [
        [6, 1, 0, true, 6, 6],
        [3, 1, 0, false, 6, 6],
        [3, 1, 0, true, 6, 6],
        [3, 1, 0, true, 3, 3],
        [3, 1, 0, true, 3, 5],
      ],
      '6–7 3–7 3–7 3–4 3–4',
    ],
    [
      'in mid-roll, as many as the new R may be there by chance: only what the controller has seen is reached',
      [
        [3, 1, 0, true, 4, 4],
        [4, 1, 0, false, 4, 4],
        [4, 1, 0, false, 3, 4],
      ],
      '3–4 3–5 3–5',
    ],
    [
      'R changes again before it was reached: the lowest and the highest since',
      [
        [3, 1, 0, true, 3, 3],
        [6, 1, 0, true, 3, 7],
        [4, 1, 0, false, 3, 7],
        [4, 1, 0, true, 3, 5],
        [4, 1, 0, true, 4, 5],
      ],
      '3–4 3–7 3–7 3–5 4–5',
    ],
    [
      'percentages are of the R that they belong to',
      [
        [4, '25%', '25%', true, 4, 4],
        [10, '25%', '25%', false, 4, 4],
        [10, '25%', '25%', true, 8, 13],
      ],
      '3–5 3–13 8–13',
    ],
    [
      'what may be missing shrinks: the controller needs time for it',
      [
        [3, 0, 2, true, 1, 3],
        [3, 1, 0, false, 1, 3],
        [3, 1, 0, true, 2, 4],
        [3, 1, 0, true, 3, 4],
        [3, 1, 0, true, 2, 4],
      ],
      '1–3 1–4 1–4 3–4 3–4',
    ],
    [
      'to nothing and back',
      [
        [3, 1, 0, true, 3, 3],
        [0, 1, 0, true, 0, 0],
        [3, 1, 0, true, 0, 3],
      ],
      '3–4 0–1 0–4',
    ],
  ])('%s', (_, steps, expected) => expect(play(...steps).join(' ')).toBe(expected));
});
