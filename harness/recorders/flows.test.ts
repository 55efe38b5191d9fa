import { expect, test } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { startFlows } from './flows.ts';
import { testClock, testStream } from './testing/node.ts';

const flow = (second: number, id: number) =>
  `[${1_767_225_600 + second}.500000]\t    [NEW] tcp      6 120 SYN_SENT src=172.18.0.2 dst=10.96.0.7 sport=40522 dport=80 [UNREPLIED] src=10.244.0.9 dst=10.244.0.1 sport=8000 dport=40522 id=${id}`;

/** Starts at second 1; `then` runs; stops at second 9, when the file on the node is as given. */
async function record(
  files: string | Error,
  then: (trackers: ReturnType<typeof testStream>, at: (t: number) => void) => void,
) {
  const seen: NewObservation[] = [];
  const trackers = testStream();
  const clock = testClock();
  const exec = async () => {
    if (files instanceof Error) throw files;
    return files;
  };
  clock.at(1);
  const cluster = { exec, stream: trackers.stream };
  const starting = startFlows({ cluster, node: 'n1', service: '10.96.0.7', clock, append: (one) => seen.push(one) });
  trackers.say('listening');
  const flows = await starting;
  then(trackers, clock.at);
  await new Promise((resolve) => setImmediate(resolve));
  clock.at(9);
  await Promise.all([flows.stop(), flows.stop()]);
  return seen;
}

test('what the files hold is written down once, in the order of the stamps, and nothing else', async () => {
  const closed = flow(4, 11).replace(/\[NEW\](.*)120 SYN_SENT/, '[UPDATE]$1 10 CLOSE');
  const seen = await record(`${flow(2, 11)}\n${flow(5, 12)}\n${closed}`, (trackers) => {
    trackers.say('NEW a notice of some kind');
  });
  expect(seen).toMatchObject([
    { type: 'flow', event: 'new', flow: '11', t: 2.5e9 },
    { type: 'flow', event: 'closed', flow: '11', t: 4.5e9 },
    { type: 'flow', event: 'new', flow: '12', t: 5.5e9 },
  ]);
  expect(seen).toHaveLength(3);
});

test.each([
  ['NEW', 'flows', 2.5e9],
  ['UPDATES', 'flows:closed', 1e9],
])('lost events of %s are a gap from the last one before', async (group, source, from) => {
  const seen = await record(`${flow(2, 11)}\n${flow(6, 12)}`, (trackers, at) => {
    at(5);
    trackers.say(`${group} WARNING: We have hit ENOBUFS! We are losing events.`);
    trackers.say(`${group} Please, check --buffer-size in conntrack(8) manpage.`);
  });
  expect(seen.slice(2)).toEqual([
    { type: 'gap', t: 9e9, source, from, to: 6e9, reason: expect.stringContaining('ENOBUFS') },
  ]);
});

test('an early end is a gap up to now, with what was said last', async () => {
  const seen = await record(flow(2, 11), (trackers, at) => {
    at(4);
    trackers.say('NEW Operation failed: sorry, you must be root');
    trackers.say('NEW ended with exit code 1');
  });
  expect(seen.slice(1)).toEqual([
    {
      type: 'gap',
      t: 9e9,
      source: 'flows',
      from: 2.5e9,
      to: 9e9,
      reason: 'conntrack ended with exit code 1 early: Operation failed: sorry, you must be root',
    },
  ]);
});

test('so is the end of the whole shell', async () => {
  const seen = await record(flow(2, 11), (trackers, at) => {
    at(4);
    trackers.die(137);
  });
  expect(seen.slice(1)).toMatchObject([
    { source: 'flows', from: 2.5e9, to: 9e9, reason: expect.stringMatching('137') },
  ]);
});

test.each([
  ['not one connection', '', /not one connection/],
  ['an unreadable line', `${flow(2, 11)}\n[17672`, /1 lines could not be read, the first: \[17672/],
  ['a file that cannot be read', new Error('no such container'), /no such container/],
])('%s is a gap over all', async (_, files, reason) => {
  expect((await record(files, () => {})).filter(({ type }) => type === 'gap')).toMatchObject([
    { source: 'flows', from: 1e9, to: 9e9, reason: expect.stringMatching(reason) },
  ]);
});

test('a tool that never listens is a gap over all, and does not hold up the run', async () => {
  const seen: NewObservation[] = [];
  const trackers = testStream();
  const cluster = { exec: async () => '', stream: trackers.stream };
  const append = (one: NewObservation) => void seen.push(one);
  const starting = startFlows({ cluster, node: 'n1', service: 'None', clock: testClock(), append });
  trackers.say('sh: conntrack: not found', 'stderr');
  trackers.die(2);
  const flows = await starting;
  await flows.stop();
  expect(seen).toMatchObject([
    { type: 'gap', source: 'flows', reason: 'conntrack did not come to listen: sh: conntrack: not found' },
  ]);
});
