import { expect, test } from 'vitest';
import { inTurn } from './combine.ts';
import { rollback } from './rollback.ts';
import { rolling } from './rolling.ts';
import { stalls } from './stalls.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';

const bad = rolling({ container: 'app', image: 'web:none' });
const get = () => ({ metadata: { generation: 2 }, spec: { progressDeadlineSeconds: 20 } });
const stuck = (generation: number) => wave(3, 1, { stalled: (asked) => asked <= generation });

test('it ends when the Deployment says of this change that it does not get on, and not when it is rolled out', async () => {
  const { workload } = fakeWorkload({ get });
  const transition = stalls(bad);
  expect(transition).toMatchObject({ kind: 'rolling', detail: 'kubectl set image app=web:none' });
  const { holds, budgetMs } = await transition.drive(workload);
  const states = [wave(3, 1), stuck(1), settledAt(2), stuck(2)];
  expect(states.map((state) => holds(state as never))).toEqual([false, false, false, true]);
  expect(budgetMs).toBe(80_000);
});

test('another mends it, once it is stuck', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(3, 1), stuck(2), settledAt(3)], get });
  const { holds } = await inTurn(stalls(bad), rollback()).drive(workload);
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:none',
    '… until the Deployment to say ProgressDeadlineExceeded',
    'trigger rollback: kubectl rollout undo',
    'kubectl rollout undo deployment/web',
  ]);
  expect([stuck(2), settledAt(2)].map((state) => holds(state as never))).toEqual([false, true]);
});

test('what is rolled out after all was not stuck: nothing is mended, and it has not ended as it was to', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(3, 1), settledAt(2)], get });
  const { what, holds } = await inTurn(stalls(bad), rollback()).drive(workload);
  expect(done).toEqual(['kubectl set image deployment/web app=web:none']);
  expect(what).toBe('the Deployment to say ProgressDeadlineExceeded');
  expect(holds(settledAt(2) as never)).toBe(false);
});
