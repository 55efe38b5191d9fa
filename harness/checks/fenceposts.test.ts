import { expect, test } from 'vitest';
import type { DeploymentState } from '../history/replay.ts';
import { fenceposts } from './fenceposts.ts';

const deployment = (replicas: number, maxSurge: number | string, maxUnavailable: number | string): DeploymentState => ({
  generation: 1,
  observedGeneration: 1,
  replicas,
  strategy: 'RollingUpdate',
  maxSurge,
  maxUnavailable,
  minReadySeconds: 0,
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
])('R = %i, %s/%s: surge %i, unavailable %i', (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
  expect(fenceposts(deployment(replicas, maxSurge, maxUnavailable))).toEqual({ surge, unavailable });
});

test('Recreate takes all down', () => {
  expect(fenceposts({ ...deployment(3, 1, 0), strategy: 'Recreate' })).toEqual({ surge: 0, unavailable: 3 });
});
