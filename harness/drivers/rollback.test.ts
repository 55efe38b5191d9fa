import { expect, test } from 'vitest';
import { rollback } from './rollback.ts';
import { fakeWorkload, wave } from './testing/fake.ts';

const refusing = (stderr: string) =>
  fakeWorkload({
    kubectl() {
      throw Object.assign(new Error(), { stderr });
    },
  });

test.each([
  'error: no rollout history found for deployment "web"',
  'error: unable to find specified revision 7 in history',
  "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
])('an undo that leads nowhere is over, and told: %s', async (stderr) => {
  const { workload, done } = refusing(stderr);
  const { holds } = await rollback().drive(workload);
  expect(holds(wave(3, 0) as never)).toBe(true);
  expect(done.at(-1)).toBe(`rollback failed: kubectl rollout undo: ${stderr}`);
});

test('an undo that could not be asked for is an error', async () => {
  const { workload } = refusing('error: dial tcp 127.0.0.1:6443: connect: connection refused');
  await expect(rollback().drive(workload)).rejects.toThrow('connection refused');
});
