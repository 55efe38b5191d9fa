import { expect, test } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { startNodeServices } from './node-services.ts';
import { testClock } from './testing/node.ts';

const STARTING = '7d4958e842da4a758f6c1cdc7b36dcc5';
const STARTED = '39f53479d3a045ac8e11786248231fbf';
const EXITED = '98e322203f7a4ed290d09fe03c09fe15';
const STOPPING = 'de5b426a63be47a7b6ac3eaac82e2f6f';
const STOPPED = '9d1aaa27d60140bd96365438aad20286';

/** As `journalctl -o json` of systemd 252 has it. */
const line = (second: number, service: string, id: string, message: string) =>
  JSON.stringify({
    UNIT: `${service}.service`,
    MESSAGE: `${service}.service: ${message}`,
    MESSAGE_ID: id,
    __REALTIME_TIMESTAMP: String(1_767_225_600e6 + second * 1e6),
  });

async function collect(journal: string | Error, nodes = ['n1']) {
  const seen: NewObservation[] = [];
  const asked: string[] = [];
  const exec = async (args: string[], node = '') => {
    asked.push(`${node}: ${args.join(' ')}`);
    if (journal instanceof Error) throw journal;
    return journal;
  };
  const clock = testClock();
  clock.at(1.5);
  const collect = startNodeServices({ cluster: { exec, nodes }, clock, append: (one) => seen.push(one) });
  clock.at(60);
  await collect();
  return { seen, asked };
}

test('a kubelet that was killed: until it has looked at its pods anew', async () => {
  const { seen } = await collect(
    [
      line(10, 'kubelet', EXITED, 'Main process exited, code=killed, status=9/KILL'),
      line(11.1, 'kubelet', STOPPED, 'Stopped'),
      line(11.15, 'kubelet', STARTING, 'Starting'),
      line(11.2, 'kubelet', STARTED, 'Started'),
    ].join('\n'),
  );
  expect(seen).toEqual([
    {
      type: 'fault',
      t: 60e9,
      source: 'kubelet',
      from: 10e9,
      to: 26.2e9,
      detail: 'it ended on n1 (code=killed, status=9/KILL), came back 1.2 s later, and looked at its pods anew',
    },
  ]);
});

test('one that comes back more than once, one that is stopped and does not come back, each of its own service', async () => {
  const { seen } = await collect(
    [
      line(10, 'kubelet', EXITED, 'Main process exited, code=exited, status=1/FAILURE'),
      line(11, 'kubelet', STARTED, 'Started'),
      line(12, 'containerd', STOPPING, 'Stopping'),
      line(12.1, 'containerd', EXITED, 'Main process exited, code=killed, status=15/TERM'),
      line(13, 'kubelet', EXITED, 'Main process exited, code=exited, status=1/FAILURE'),
      line(14, 'kubelet', STARTED, 'Started'),
    ].join('\n'),
  );
  expect(seen).toMatchObject([
    { source: 'kubelet', from: 10e9, to: 26e9 },
    { source: 'containerd', from: 12e9, to: 60e9, detail: 'it ended on n1 and did not come back' },
    { source: 'kubelet', from: 13e9, to: 29e9 },
  ]);
});

test('a start without an end: the node itself was started again', async () => {
  const { seen } = await collect(line(20, 'kubelet', STARTED, 'Started'));
  expect(seen).toMatchObject([{ source: 'kubelet', from: 1.5e9, to: 35e9, detail: 'n1 was started again' }]);
});

test('what came back before it began is left out: the journal is asked for by whole seconds', async () => {
  const { seen, asked } = await collect(line(1.2, 'kubelet', STARTED, 'Started'), ['n1', 'n2']);
  expect(seen).toEqual([]);
  expect(asked).toEqual([
    'n1: journalctl -q -o json --output-fields=UNIT,MESSAGE,MESSAGE_ID --since=@1767225601 _PID=1 UNIT=kubelet.service + _PID=1 UNIT=containerd.service',
    expect.stringMatching(/^n2: /),
  ]);
});

test('a journal that can not be read is a gap', async () => {
  const { seen } = await collect(new Error('no such container\n    at x'));
  expect(seen).toEqual([
    {
      type: 'gap',
      t: 60e9,
      source: 'services:n1',
      from: 1.5e9,
      to: 60e9,
      reason: 'its journal could not be read: no such container',
    },
  ]);
});
