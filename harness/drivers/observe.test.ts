import { expect, test } from 'vitest';
import { observe } from './observe.ts';
import { fakeWorkload } from './testing/fake.ts';

test('it waits for the next generation, writes nothing, and begins a little before the change was seen', async () => {
  const { workload, done } = fakeWorkload({
    shows: [{ changedAt: () => undefined }, { changedAt: (generation) => (generation === 3 ? 60e9 : undefined) }],
  });
  const transition = observe(60);
  await transition.prepare?.(workload);
  expect(transition.facts?.(workload)).toEqual({ at: 59.5e9 });
  await transition.drive(workload);
  expect(done).toEqual(['… until somebody to change web']);
});

test('where nobody changes anything, nothing was rolled', async () => {
  const { workload } = fakeWorkload({ shows: [{ changedAt: () => undefined }] });
  await expect(observe(60).prepare?.(workload)).rejects.toMatchObject({
    message: expect.stringMatching(/^nobody changed web: /),
    exitCode: 3,
  });
});
