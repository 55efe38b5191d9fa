import { expect, test } from 'vitest';
import type { NewObservation, Observation } from '../history/types.ts';
import { parseProcesses, startProcesses } from './processes.ts';

const NONE = '0000000000000000';
const PYTHON = `Name:\tpython3\nSigBlk:\t${NONE}\nSigCgt:\t0000000000006002\nSyscall: 232\n`;
const SHELL = `Name:\tsh\nSigBlk:\t${NONE}\nSigCgt:\t0000000000010002\nSyscall: 61\n`;
/** As seen of tini 0.19.0, first process of a namespace of its own, which handed SIGTERM on to its child. */
const TINI = `Name:\ttini\nSigBlk:\t${NONE}\nSigCgt:\t${NONE}\nSyscall: 128\n`;
const SIGNALFD = `Name:\tapp\nSigBlk:\t0000000000004002\nSigCgt:\t${NONE}\nSyscall: running\n`;

test('a handler for SIGTERM is bit 14 of what is caught', () => {
  expect(parseProcesses(`container ab\n${PYTHON}container cd\n${SHELL}`)).toEqual([
    { id: 'ab', command: 'python3', catchesSigterm: true },
    { id: 'cd', command: 'sh', catchesSigterm: false },
  ]);
});

test('who waits for signals, or blocks SIGTERM to read it elsewhere, hears it without a handler', () => {
  expect(parseProcesses(`container ab\n${TINI}container cd\n${SIGNALFD}`)).toMatchObject([
    { command: 'tini', catchesSigterm: true },
    { command: 'app', catchesSigterm: true },
  ]);
});

test('a container whose process is gone says nothing', () => {
  expect(parseProcesses(`container ab\ncontainer cd\n${SHELL}`)).toMatchObject([{ id: 'cd' }]);
  expect(parseProcesses('')).toEqual([]);
});

const pod = (ready: boolean, deleted = false) =>
  ({
    type: 'object',
    kind: 'Pod',
    verb: 'modified',
    uid: 'u1',
    name: 'web-1',
    object: {
      metadata: deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {},
      spec: { nodeName: 'n1' },
      status: {
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
        containerStatuses: [{ name: 'app', containerID: 'containerd://ab', state: { running: {} } }],
      },
    },
  }) as unknown as Observation;

test('it looks once when the pod is ready, and once when it is deleted', async () => {
  const asked: string[] = [];
  const seen: NewObservation[] = [];
  const exec = async (args: string[], node?: string) => {
    asked.push(`${node} ${args[2]?.includes('for id in ab;')}`);
    return `container ab\n${PYTHON}`;
  };
  const clock = { epoch: '', now: () => 7, toNanos: () => 0 };
  const processes = startProcesses({ cluster: { exec }, clock, append: (one) => seen.push(one) });
  for (const [ready, deleted] of [[false], [true], [true], [true, true], [false, true]] as const)
    processes.see(pod(ready, deleted));
  await processes.finish();
  expect(asked).toEqual(['n1 true', 'n1 true']);
  expect(seen).toEqual(
    Array(2).fill({ type: 'process', t: 7, pod: 'web-1', container: 'app', command: 'python3', catchesSigterm: true }),
  );
});

test('a look that fails is a gap in the evidence', async () => {
  const seen: NewObservation[] = [];
  const exec = async () => Promise.reject(new Error('no such node'));
  const clock = { epoch: '', now: () => 7, toNanos: () => 0 };
  const processes = startProcesses({ cluster: { exec }, clock, append: (one) => seen.push(one) });
  processes.see(pod(true));
  await processes.finish();
  expect(seen).toMatchObject([
    { type: 'gap', source: 'runtime:web-1', reason: expect.stringContaining('no such node') },
  ]);
});
