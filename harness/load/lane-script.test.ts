import { expect, test } from 'vitest';
import type { LanePlan } from '../history/types.ts';
import { laneScript } from './lane-script.ts';

const kept: LanePlan = { name: 'kept', method: 'GET', connection: 'reused', rate: 100, connections: 50 };
const target = { url: 'http://10.96.0.7:80/api/data', timeoutMs: 15_000 };

test('a kept lane has its connections, and a tenth beside them for when all hang', () => {
  expect(laneScript({ ...target, lane: kept })).toMatchObject({ preAllocatedVUs: 55, maxVUs: 105, reserve: 5 });
});

test('each connection is used at least once a second with the default number of them', () => {
  for (const rate of [8, 20, 100, 500]) {
    const { preAllocatedVUs } = laneScript({ ...target, lane: { ...kept, rate, connections: undefined } });
    expect(preAllocatedVUs).toBeLessThanOrEqual(rate);
  }
});

test('the new lane has a user for each request that may hang, within bounds', () => {
  const users = (rate: number, timeoutMs: number) => {
    const { preAllocatedVUs, maxVUs } = laneScript({
      ...target,
      timeoutMs,
      lane: { ...kept, name: 'new', connection: 'new', rate },
    });
    return [preAllocatedVUs, maxVUs];
  };
  expect(users(10, 1000)).toEqual([100, 100]);
  expect(users(100, 5000)).toEqual([525, 525]);
  expect(users(100, 15_000)).toEqual([600, 1525]);
  expect(users(500, 60_000)).toEqual([600, 2000]);
  expect(users(0.25, 23_000)).toEqual([100, 100]);
});

test.each([
  [100, { rate: 100, timeUnit: '1s' }],
  [0.25, { rate: 1, timeUnit: '4000ms' }],
  [1.5, { rate: 1, timeUnit: '666.667ms' }],
])('k6 counts whole requests: %d a second', (rate, expected) => {
  expect(laneScript({ ...target, lane: { ...kept, rate } })).toMatchObject(expected);
});

test('only a POST has a body', () => {
  expect(laneScript({ ...target, lane: kept, body: '{}' })).not.toHaveProperty('body');
  expect(laneScript({ ...target, lane: { ...kept, method: 'POST' } }).body).toBe('{"from":"rollproof"}');
  expect(laneScript({ ...target, lane: { ...kept, method: 'POST' }, body: '{}' }).body).toBe('{}');
});

test('several k6 share the rate and the connections of a lane, and number their users differently', () => {
  const parts = [0, 1].map((index) => laneScript({ ...target, lane: kept }, { index, of: 2 }));
  expect(parts).toMatchObject([
    { rate: 50, timeUnit: '1s', preAllocatedVUs: 28, firstVu: 0 },
    { rate: 50, timeUnit: '1s', preAllocatedVUs: 28, firstVu: 100_000 },
  ]);
  const third = laneScript({ ...target, lane: kept }, { index: 2, of: 3 });
  expect(third).toMatchObject({ rate: 1, timeUnit: '30ms', firstVu: 200_000 });
});

test('a script of one’s own makes the requests at the same address', () => {
  const script = laneScript({ ...target, lane: { ...kept, name: 'own' }, script: '/home/me/load.js' });
  expect(script).toMatchObject({ name: 'own', own: true, origin: 'http://10.96.0.7', path: '/api/data' });
  // Where it lies on this machine is nobody's business in a container.
  expect(JSON.stringify(script)).not.toContain('/home/me');
});
