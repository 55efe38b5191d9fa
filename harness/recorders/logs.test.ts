import { expect, test } from 'vitest';
import { goodRoll } from '../history/testing/build.ts';
import type { NewObservation, Observation } from '../history/types.ts';
import { parseEvidence, startLogs } from './logs.ts';

const clock = { epoch: '', now: () => 0, toNanos: (unixMs: number) => Math.round((unixMs - 1_700_000_000_000) * 1e6) };

test('an evidence line becomes an observation at the instant that the service stamped', () => {
  const line = '{"rollproof":"handled","t":1700000001.5,"id":"new-1-1","method":"GET","status":200,"version":"1.0.0"}';
  expect(parseEvidence(line, 'web-1', clock)).toEqual({
    type: 'server',
    t: 1_500_000_000,
    pod: 'web-1',
    version: '1.0.0',
    event: 'handled',
    request: 'new-1-1',
    status: 200,
  });
});

test.each([
  ['plain text', 'Serving on http://0.0.0.0:8000'],
  ['JSON of the service itself', '{"level":"info"}'],
  ['a line that was cut', '{"rollproof":"handled","t":17000'],
  ['a line without its instant', '{"rollproof":"handled"}'],
])('%s is no evidence', (_, line) => {
  expect(parseEvidence(line, 'web-1', clock)).toBeUndefined();
});

const line = (event: string, t: number) =>
  `2026-01-01T00:00:00.1Z stdout F {"rollproof":"${event}","t":${1_700_000_000 + t}}`;

const running = (name: string): Observation => {
  const [pod] = goodRoll().pod(0, name).observations.slice(-1);
  if (pod?.type !== 'object') throw new Error('no pod');
  const containerStatuses = [
    { name: 'app', containerID: `containerd://${name}`, restartCount: 0, state: { running: {} } },
  ];
  return { ...pod, object: { ...pod.object, spec: { nodeName: 'node-1' }, status: { containerStatuses } } };
};

/** A node whose files are given; execa takes the newline at the end of a command's output away, and so does this. */
function node(files: Record<string, string>, links: string[] = []) {
  return async ([, , script = '']: string[]): Promise<string> => {
    if (script.includes('ln -f')) {
      links.push(script);
      return '';
    }
    const parts = Object.entries(files).map(([name, text]) => `\n=== rollproof ${name}\n${text}`);
    return `${parts.join('')}\n=== rollproof end`;
  };
}

test('a log is held once its container runs, and each whole line of it read once', async () => {
  const files = { a1_app_0: `${line('listening', 1)}\n`, a2_app_0: `${line('listening', 2)}\n{"rollproof":"han` };
  const links: string[] = [];
  const seen: NewObservation[] = [];
  const logs = startLogs({
    cluster: { exec: node(files, links) },
    namespace: 'ns',
    clock,
    append: (one) => seen.push(one),
  });
  for (const name of ['a1', 'a2', 'a1']) logs.see(running(name));
  await logs.collect();
  expect(links).toHaveLength(2);
  expect(links[0]).toContain('/var/log/pods/ns_a1_a1/app/0.log');
  expect(seen.map((one) => one.type === 'server' && [one.pod, one.event])).toEqual([
    ['a1', 'listening'],
    ['a2', 'listening'],
  ]);
  files.a1_app_0 += `${line('sigterm', 3)}\n`;
  await logs.collect();
  expect(seen.slice(2)).toMatchObject([{ pod: 'a1', event: 'sigterm' }]);
});

test('a log that cannot be held is a gap', async () => {
  const seen: NewObservation[] = [];
  const exec = async ([, , script = '']: string[]) => {
    if (script.includes('ln -f')) throw new Error('no such file');
    return '';
  };
  const logs = startLogs({ cluster: { exec }, namespace: 'ns', clock, append: (one) => seen.push(one) });
  logs.see(running('a1'));
  await logs.collect();
  expect(seen).toMatchObject([{ type: 'gap', source: 'logs:a1/app', reason: expect.stringContaining('no such file') }]);
});
