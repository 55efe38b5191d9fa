import { expect, test } from 'vitest';
import { overtaken } from './combine.ts';
import { deletePods } from './delete-pods.ts';
import { rolling } from './rolling.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';

const pod = (
  name: string,
  second: number,
  ready: boolean,
  more: { deletionTimestamp?: string; phase?: string } = {},
) => {
  const { phase = 'Running', ...metadata } = more;
  return {
    metadata: { name, creationTimestamp: `2026-01-01T00:00:0${second}Z`, ...metadata },
    status: { phase, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
};
const items = [
  pod('web-young', 5, false),
  pod('web-old', 1, true),
  pod('web-middle', 3, true),
  pod('web-going', 0, true, { deletionTimestamp: '2026-01-01T00:01:00Z' }),
  pod('web-failed', 0, false, { phase: 'Failed' }),
  pod('other', 0, true),
];
const get = (path: string) => (path.endsWith('/pods') ? { items } : { metadata: { generation: 2 } });
const deploymentOf = (name: string) => (name === 'other' ? 'other' : 'web');

test.each([
  [{ count: 1 }, 'web-old'],
  [{ count: 3 }, 'web-old web-middle web-young'],
  [{ count: 2, ready: true }, 'web-old web-middle'],
  [{ count: 1, ready: false }, 'web-young'],
])('%o: the oldest of those that are there for good', async (options, names) => {
  const { workload, done } = fakeWorkload({ shows: [{ deploymentOf }], get });
  await deletePods(options).drive(workload);
  expect(done).toEqual([`kubectl delete pod ${names} --wait=false --ignore-not-found`]);
});

test('more than there are: an error, and none is deleted', async () => {
  const { workload, done } = fakeWorkload({ shows: [{ deploymentOf }], get });
  await expect(deletePods({ count: 2, ready: false }).drive(workload)).rejects.toThrow(
    'kubectl delete pod: 2 unready: there are only 1',
  );
  expect(done).toEqual([]);
});

test('it ends when others are there, not while the watches still show the deleted ones', async () => {
  const { workload } = fakeWorkload({ shows: [{ deploymentOf }], get });
  const { holds } = await deletePods({ count: 1 }).drive(workload);
  const alive = (name: string) => name === 'web-old';
  const states = [
    { ...settledAt(2), alive },
    wave(0, 3, { alive: () => false }),
    { ...settledAt(2), alive: () => false },
  ];
  expect(states.map((state) => holds(state as never))).toEqual([false, false, true]);
});

test('the trigger says how many, and the action which: the checks let them be missing', async () => {
  const { workload } = fakeWorkload({ shows: [{ deploymentOf }], get });
  const told: string[] = [];
  const act = (_: string, detail: string) => void told.push(detail);
  await deletePods({ count: 2 }).drive({ ...workload, act } as never);
  expect([deletePods({ count: 2 }).facts?.(workload), told]).toEqual([
    { deletes: 2 },
    ['kubectl delete pod web-old web-middle'],
  ]);
});

test('in the middle of an update', async () => {
  const { workload, done } = fakeWorkload({ shows: [wave(3, 1), wave(2, 2, { deploymentOf })], get });
  const upgrade = rolling({ container: 'app', image: 'web:2' });
  await overtaken(upgrade, { wave: [2, 2] }, deletePods({ count: 1, ready: true })).drive(workload);
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:2',
    '… until wave (2,2)',
    'trigger delete-pods: kubectl delete pod: 1 ready',
    'kubectl delete pod web-old --wait=false --ignore-not-found',
  ]);
});
