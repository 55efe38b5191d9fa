import { expect, test } from 'vitest';
import { within } from './within.ts';
import type { StartedWorkload, Transition, WorkloadView } from './workload.ts';

test('the end of a transition stays what it is, and has its own time', async () => {
  const slow: Transition = {
    kind: 'rolling',
    detail: 'kubectl set image app=web:2',
    drive: async () => ({ what: 'the rollout to end', budgetMs: 180_000, holds: ({ old }) => old === 0 }),
    withImages: () => slow,
  };
  for (const one of [within({ seconds: 400 }, slow), within({ seconds: 400 }, slow).withImages!({})]) {
    expect(one).toMatchObject({ kind: 'rolling', detail: 'kubectl set image app=web:2' });
    const ending = await one.drive({} as StartedWorkload);
    expect(ending).toMatchObject({ what: 'the rollout to end', budgetMs: 400_000 });
    expect([1, 0].map((old) => ending.holds({ old } as WorkloadView))).toEqual([false, true]);
  }
});
