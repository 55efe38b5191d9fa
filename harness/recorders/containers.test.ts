import { expect, test } from 'vitest';
import type { Observation } from '../history/types.ts';
import { containersOf } from './containers.ts';

const clock = { toNanos: (unixMs: number) => (unixMs - Date.parse('2026-01-01T00:00:00Z')) * 1e6 };
const pod = (status: object): Observation =>
  ({
    type: 'object',
    kind: 'Pod',
    uid: 'u1',
    name: 'web-1',
    object: { spec: { nodeName: 'n1' }, status: { containerStatuses: [{ name: 'app', ...status }] } },
  }) as unknown as Observation;

const first = { containerID: 'containerd://aa', startedAt: '2026-01-01T00:00:01Z', finishedAt: '2026-01-01T00:00:05Z' };
const aa = { id: 'aa', name: 'app', pod: 'web-1', podUid: 'u1', node: 'n1', started: 1e9 };

test('a container that runs', () => {
  const state = { running: { startedAt: '2026-01-01T00:00:01Z' } };
  expect(containersOf(pod({ containerID: 'containerd://aa', restartCount: 0, state }), clock)).toEqual([
    { ...aa, restart: 0, running: true },
  ]);
});

test('one that waits for its restart is still the one that ended', () => {
  const state = { waiting: { reason: 'CrashLoopBackOff' } };
  const status = { containerID: 'containerd://aa', restartCount: 0, state, lastState: { terminated: first } };
  expect(containersOf(pod(status), clock)).toEqual([{ ...aa, restart: 0, running: false, ended: 5e9 }]);
});

test('one that was restarted, and the one before it', () => {
  const state = { running: { startedAt: '2026-01-01T00:00:07Z' } };
  const status = { containerID: 'containerd://bb', restartCount: 1, state, lastState: { terminated: first } };
  expect(containersOf(pod(status), clock)).toEqual([
    { ...aa, restart: 0, running: false, ended: 5e9 },
    { ...aa, id: 'bb', restart: 1, running: true, started: 7e9 },
  ]);
});

test.each([
  ['has none yet', { state: { waiting: { reason: 'ContainerCreating' } } }],
  [
    'could not be started',
    {
      containerID: 'containerd://aa',
      state: { terminated: { startedAt: '1970-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:05Z' } },
    },
  ],
])('no container where a pod %s', (_, status) => {
  expect(containersOf(pod(status), clock)).toEqual([]);
});
