import { expect, test } from 'vitest';
import { inTurn, overtaken } from './combine.ts';
import { hold } from './hold.ts';
import { pause, pauseResume, resume } from './pause.ts';
import { rolling } from './rolling.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';

const upgrade = rolling({ container: 'app', image: 'web:2' });
const paused = { paused: () => true };

/** The Deployment's generation is what has been written to it so far. */
function generations() {
  let generation = 1;
  const get = () => ({ metadata: { name: 'web', generation } });
  const kubectl = () => {
    generation += 1;
    return '';
  };
  return { get, kubectl };
}

test('a transition is paused at its wave, held, resumed, and ends as it was resumed', async () => {
  const shows = [wave(3, 0), wave(3, 1), wave(2, 2), wave(2, 2, paused), wave(1, 3), settledAt(4)];
  const { workload, done } = fakeWorkload({ shows, ...generations() });
  const held = pauseResume(upgrade, { at: { wave: [2, 2] }, seconds: 0 });
  expect(held).toMatchObject({ kind: 'pause-resume', detail: 'kubectl set image app=web:2, paused for 0 s' });
  const ending = await held.drive(workload);
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:2',
    '… until wave (2,2)',
    'kubectl rollout pause deployment/web',
    '… until the pause to be seen',
    '… until 0 s to pass',
    'kubectl rollout resume deployment/web',
  ]);
  // 4: the update, the pause, the resume.
  expect([3, 4].map((generation) => ending.holds(settledAt(generation) as never))).toEqual([false, true]);
});

test.each([
  ['before its wave', [wave(3, 1), settledAt(4)], 'it was over before kubectl rollout pause could overtake it'],
  ['before the pause is seen', [wave(2, 2), { ...settledAt(4), ...paused }], 'it was over before the pause was seen'],
])('over %s: an error', async (_, shows, message) => {
  const { workload } = fakeWorkload({ shows, ...generations() });
  await expect(pauseResume(upgrade, { at: { wave: [2, 2] }, seconds: 0 }).drive(workload)).rejects.toThrow(message);
});

test('nothing is held by a pause that is never seen', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(2, 2), wave(1, 3)], ...generations() });
  const driven = pauseResume(upgrade, { at: { wave: [2, 2] }, seconds: 0 }).drive(workload);
  await expect(driven).rejects.toThrow('waited for the pause to be seen');
  expect(done.at(-1)).toBe('kubectl rollout pause deployment/web');
});

test('paused first: what is changed then rolls when it is resumed', async () => {
  const shows = [wave(0, 3, paused), settledAt(4)];
  const { workload, done } = fakeWorkload({ shows, ...generations() });
  const driven = inTurn(pause(), overtaken(upgrade, { seconds: 0 }, resume()));
  const ending = await driven.drive(workload);
  expect(driven.kind).toBe('pause');
  expect(done).toEqual([
    'kubectl rollout pause deployment/web',
    '… until the pause to be seen',
    'trigger rolling: kubectl set image app=web:2',
    'kubectl set image deployment/web app=web:2',
    '… until 0 s to pass',
    'trigger resume: kubectl rollout resume',
    'kubectl rollout resume deployment/web',
  ]);
  expect([3, 4].map((generation) => ending.holds(settledAt(generation) as never))).toEqual([false, true]);
});

test('a pause is held as a step, which is no transition', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(2, 2, paused), settledAt(3)], ...generations() });
  await inTurn(pause(), hold({ seconds: 0 }), resume()).drive(workload);
  expect(done).toEqual([
    'kubectl rollout pause deployment/web',
    '… until the pause to be seen',
    '… until 0 s to pass',
    // Still as it was paused.
    '… until the pause to be seen',
    'trigger resume: kubectl rollout resume',
    'kubectl rollout resume deployment/web',
  ]);
});

test('with other images', () => {
  const held = pauseResume(upgrade, { at: { wave: [2, 2] }, seconds: 5 }).withImages?.({ web: 'sound' });
  expect(held).toMatchObject({ kind: 'pause-resume', detail: 'kubectl set image app=sound:2, paused for 5 s' });
});
