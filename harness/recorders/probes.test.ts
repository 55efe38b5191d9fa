import { expect, test } from 'vitest';
import type { NewObservation, Observation } from '../history/types.ts';
import { startProbes } from './probes.ts';
import { testClock, testStream } from './testing/node.ts';

const pod = (name: string, verb: 'modified' | 'deleted' = 'modified') =>
  ({
    type: 'object',
    kind: 'Pod',
    verb,
    uid: name,
    name,
    object: {
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'app', readinessProbe: { httpGet: { path: '/ready', port: 8000 } } }],
      },
      status: { podIP: '10.244.0.9', containerStatuses: [{ name: 'app', state: { running: {} } }] },
    },
  }) as unknown as Observation;

function started() {
  const seen: NewObservation[] = [];
  const shell = testStream();
  const clock = testClock();
  const probes = startProbes({ cluster: { stream: shell.stream }, clock, append: (one) => seen.push(one) });
  return { seen, shell, clock, probes };
}

test('one shell a node, one curl a pod, from when it runs until it is gone', async () => {
  const { seen, shell, clock, probes } = started();
  for (const one of [pod('a'), pod('a'), pod('b')]) probes.see(one);
  expect(shell.nodes).toEqual(['n1']);
  expect(shell.written.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['start 0', 'start 1']);
  expect(Buffer.from(shell.written[1]!.split(' ')[2]!, 'base64').toString()).toContain('http://10.244.0.9:8000/ready');
  clock.at(1);
  shell.say('1 200 0.002000 0');
  probes.see(pod('b', 'deleted'));
  shell.say('1 000 0.000100 7 Failed to connect');
  await probes.stop();
  shell.say('0 200 0.002000 0');
  probes.see(pod('c'));
  expect(shell.written.slice(2)).toEqual(['stop 1']);
  expect(seen).toEqual([{ type: 'probe', t: 1e9, pod: 'b', status: 200, ms: 2 }]);
});

test('the more pods, the fewer calls of each', () => {
  const { shell, probes } = started();
  for (let i = 0; i < 40; i++) probes.see(pod(`p${i}`));
  const rates = shell.written.map(
    (line) => /rate = "(\d+)/.exec(Buffer.from(line.split(' ')[2]!, 'base64').toString())![1],
  );
  expect([rates[0], rates[12], rates[39]]).toEqual(['4', '3', '1']);
});

test('beyond 40 pods at once a pod is not called, and that is said; another takes the place of one that is gone', async () => {
  const { seen, shell, clock, probes } = started();
  for (let i = 0; i < 42; i++) probes.see(pod(`p${i}`));
  expect(shell.written).toHaveLength(40);
  clock.at(1);
  probes.see(pod('p0', 'deleted'));
  probes.see(pod('p41'));
  expect(shell.written.at(-1)).toMatch(/^start 40 /);
  clock.at(2);
  await probes.stop();
  expect(seen).toMatchObject([
    { type: 'gap', source: 'probes:p41', from: 0, to: 1e9, reason: 'it was not called: 40 pods were' },
    { type: 'gap', source: 'probes:p40', from: 0, to: 2e9, reason: 'it was not called: 40 pods were' },
  ]);
});

test('a span without a call is a gap: in the middle, at a pod’s end, at the end of all', async () => {
  const { seen, shell, clock, probes } = started();
  for (const name of ['a', 'b', 'c']) probes.see(pod(name));
  clock.at(4);
  shell.say('0 503 0.002000 0');
  shell.say('this is not a call');
  probes.see(pod('b', 'deleted'));
  clock.at(6);
  await probes.stop();
  expect(seen).toMatchObject([
    { type: 'gap', source: 'probes:a', from: 0, to: 4e9 },
    { type: 'probe', pod: 'a', status: 503 },
    { type: 'gap', source: 'probes:b', from: 0, to: 4e9 },
    { type: 'gap', source: 'probes:c', from: 0, to: 6e9 },
  ]);
});
