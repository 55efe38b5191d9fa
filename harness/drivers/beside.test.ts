import { expect, test } from 'vitest';
import { beside } from './beside.ts';
import { inTurn } from './combine.ts';
import { inspect } from './inspect.ts';
import { rollback } from './rollback.ts';
import { rolling } from './rolling.ts';
import { rolloutStatus } from './rollout-status.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';
import { watchPods } from './watch-pods.ts';

const upgrade = rolling({ container: 'app', image: 'web:2' });
const runsOn = (signal: AbortSignal | undefined) =>
  new Promise<string>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('Command was killed'))));

test('kubectl rollout status begins after the change, and the end waits until it has returned', async () => {
  let returns = (_: string) => {};
  const { workload, done } = fakeWorkload({
    kubectl: (args) => (args[1] === 'status' ? new Promise((resolve) => (returns = resolve)) : ''),
  });
  const { what, holds } = await beside(upgrade, rolloutStatus()).drive(workload);
  expect(done).toEqual(['kubectl set image deployment/web app=web:2', 'kubectl rollout status deployment/web']);
  expect(what).toBe('the rollout to end, and kubectl rollout status to return');
  const before = [wave(1, 2), settledAt(2)].map((state) => holds(state as never));
  returns('successfully rolled out');
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect([before, [wave(1, 2), settledAt(2)].map((state) => holds(state as never))]).toEqual([
    [false, false],
    [false, true],
  ]);
});

test('an error of kubectl rollout status is an end of it, and is said', async () => {
  const { workload, done } = fakeWorkload({
    kubectl(args) {
      if (args[1] !== 'status') return '';
      throw Object.assign(new Error(), { stderr: 'error: deployment "web" exceeded its progress deadline' });
    },
  });
  const { holds } = await beside(upgrade, rolloutStatus()).drive(workload);
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(done.at(-1)).toBe(
    'rollout-status failed: kubectl rollout status: error: deployment "web" exceeded its progress deadline',
  );
  expect(holds(settledAt(2) as never)).toBe(true);
});

test('who still looks on when the load has ended is ended', async () => {
  const { workload, done, release } = fakeWorkload({
    kubectl: (args, { signal }) => (args[1] === 'status' ? runsOn(signal) : ''),
  });
  await beside(upgrade, rolloutStatus()).drive(workload);
  await release();
  expect(done.at(-1)).toBe('rollout-status failed: kubectl rollout status: Command was killed');
});

const HEAD = 'NAME    READY   STATUS    RESTARTS   AGE';
const ROW = 'web-1   1/1     Running   0          9s';

test('kubectl get pods --watch has listed them before the trigger; each line is an action; it ends with the load', async () => {
  const { workload, done, release } = fakeWorkload({
    shows: [wave(3, 0), settledAt(1), settledAt(2)],
    kubectl(args, { onLine, signal }) {
      if (args[0] !== 'get') return '';
      for (const line of [HEAD, ROW]) onLine?.(line);
      signal?.addEventListener('abort', () => done.push('the watch is ended'));
      return runsOn(signal);
    },
  });
  const first = rolling({ container: 'app', image: 'web:1' });
  const ending = await inTurn(first, beside(upgrade, watchPods())).drive(workload);
  await release();
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:1',
    '… until the rollout to end',
    'kubectl get pods --watch',
    `watch-pods: ${HEAD}`,
    `watch-pods: ${ROW}`,
    '… until kubectl get pods --watch to list them',
    'trigger rolling: kubectl set image app=web:2',
    'kubectl set image deployment/web app=web:2',
    'the watch is ended',
  ]);
  expect(ending.what).toBe('the rollout to end');
});

test('a watch that ends before it has listed anything is an error', async () => {
  const { workload, done } = fakeWorkload({ shows: [{}, {}] });
  await expect(beside(upgrade, watchPods()).prepare?.(workload)).rejects.toThrow('ended at once');
  expect(done).toContain('watch-pods failed: kubectl get pods --watch: the apiserver ended it');
});

test('a look between transitions is none, and what kubectl refuses does not end the run', async () => {
  const { workload, done } = fakeWorkload({
    shows: [wave(1, 2), settledAt(2)],
    kubectl(args) {
      if (!args.includes('--revision=9')) return '';
      throw Object.assign(new Error(), { stderr: 'error: unable to find the specified revision' });
    },
  });
  const both = inTurn(
    upgrade,
    inspect(['rollout', 'history', '--revision=9'], 'history'),
    inspect(['get', 'replicasets']),
    rollback({ toRevision: 1 }),
  );
  const { holds } = await both.drive(workload);
  expect(done.filter((one) => !one.startsWith('…'))).toEqual([
    'kubectl set image deployment/web app=web:2',
    'kubectl rollout history --revision=9 deployment/web',
    'history failed: kubectl rollout history --revision=9: error: unable to find the specified revision',
    'kubectl get replicasets',
    'trigger rollback: kubectl rollout undo --to-revision=1',
    'kubectl rollout undo deployment/web --to-revision=1',
  ]);
  expect(done[1]).toBe('… until the rollout to end');
  expect(holds(settledAt(2) as never)).toBe(true);
});
