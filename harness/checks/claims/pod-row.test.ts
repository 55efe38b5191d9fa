import { expect, test } from 'vitest';
import { podRow, readRow } from './pod-row.ts';

const running = { ready: true, restartCount: 0, state: { running: {} } };
const READY = [{ type: 'Ready', status: 'True' }];

const row = (status: object, metadata: object = {}, containers = 1) => {
  const {
    ready,
    status: shown,
    restarts,
  } = podRow({ metadata, spec: { containers: Array(containers).fill({}) }, status });
  return `${ready} ${shown} ${restarts}`;
};

const one = (container: object, phase = 'Running', rest: object = {}) => ({
  phase,
  containerStatuses: [{ ready: false, restartCount: 0, ...container }],
  ...rest,
});

test.each([
  ['no container yet', { phase: 'Pending' }, '0/1 Pending 0'],
  ['it is made', one({ state: { waiting: { reason: 'ContainerCreating' } } }, 'Pending'), '0/1 ContainerCreating 0'],
  ['it runs', one({ state: { running: {} } }), '0/1 Running 0'],
  ['it is ready', one(running), '1/1 Running 0'],
  ['it ended', one({ state: { terminated: { exitCode: 1, reason: 'Error' } }, restartCount: 2 }), '0/1 Error 2'],
  ['it ended by a signal', one({ state: { terminated: { exitCode: 137, signal: 9 } } }), '0/1 Signal:9 0'],
  ['it ended with a code', one({ state: { terminated: { exitCode: 3 } } }), '0/1 ExitCode:3 0'],
  ['it waits', one({ state: { waiting: { reason: 'CrashLoopBackOff' } }, restartCount: 3 }), '0/1 CrashLoopBackOff 3'],
  ['evicted', { phase: 'Failed', reason: 'Evicted' }, '0/1 Evicted 0'],
])('%s', (_, status, shown) => {
  expect(row(status)).toBe(shown);
});

test('one that is being deleted terminates, until it has ended', () => {
  const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(row(one(running), deleted)).toBe('1/1 Terminating 0');
  const ended = one({ state: { terminated: { exitCode: 0, reason: 'Completed' } } }, 'Succeeded');
  expect(row(ended, deleted)).toBe('0/1 Completed 0');
  expect(row({ phase: 'Running', reason: 'NodeLost' }, deleted)).toBe('0/1 Unknown 0');
});

test('of several containers: all restarts, the first that does not run, and one that completed beside one that runs', () => {
  const [crashed, ended] = [
    { ready: false, restartCount: 4, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    { ready: false, restartCount: 0, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
  ];
  expect(row({ phase: 'Running', containerStatuses: [running, crashed, running] }, {}, 3)).toBe(
    '2/3 CrashLoopBackOff 4',
  );
  expect(row({ phase: 'Running', containerStatuses: [ended, running] }, {}, 2)).toBe('1/2 NotReady 0');
  expect(row({ phase: 'Running', containerStatuses: [ended, running], conditions: READY }, {}, 2)).toBe(
    '1/2 Running 0',
  );
});

test('a line of kubectl', () => {
  expect(readRow('NAME    READY   STATUS    RESTARTS   AGE')).toBeUndefined();
  expect(readRow('web-1   0/1     Pending   0          0s')).toEqual({
    pod: 'web-1',
    row: { ready: '0/1', status: 'Pending', restarts: 0 },
  });
  expect(readRow('web-1   0/1     CrashLoopBackOff   12 (4m3s ago)   2d   ')).toEqual({
    pod: 'web-1',
    row: { ready: '0/1', status: 'CrashLoopBackOff', restarts: 12 },
  });
});
