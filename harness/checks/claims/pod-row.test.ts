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
  expect(row({ phase: 'Failed', reason: 'Evicted' }, deleted)).toBe('0/1 Evicted 0');
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

test('ready is a container that runs; Ready is a condition that is true', () => {
  expect(row(one({ ready: true, state: {} }))).toBe('0/1 Running 0');
  const beside = (...conditions: object[]) =>
    row(
      {
        phase: 'Running',
        containerStatuses: [{ ...running, state: { terminated: { exitCode: 0, reason: 'Completed' } } }, running],
        conditions,
      },
      {},
      2,
    );
  expect(beside({ type: 'Ready', status: 'False' }, { type: 'Initialized', status: 'True' })).toBe('1/2 NotReady 0');
  expect(beside({ type: 'Initialized', status: 'True' }, { type: 'Ready', status: 'True' })).toBe('1/2 Running 0');
});

test('of a pod of which nothing is said', () => {
  expect(podRow({})).toEqual({ ready: '0/0', status: '', restarts: 0 });
});

test('what is no line of a pod', () => {
  for (const line of [
    '',
    'web-1',
    ' web-1   0/1   Running   0   1s',
    'web-1   0/1   Running   0   1s   and more',
    'web-1   all   Running   0   1s',
  ])
    expect(readRow(line)).toBeUndefined();
  expect(readRow('web-1   10/12   Running   0   1s')?.row.ready).toBe('10/12');
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
