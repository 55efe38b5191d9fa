import { describe, expect, test } from 'vitest';
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

const STARTED = new Date(1_700_000_001_000).toISOString();

const pod = (name: string, state: object, verb: 'modified' | 'deleted' = 'modified', t = 0): Observation => {
  const [pod] = goodRoll().pod(0, name).observations.slice(-1);
  if (pod?.type !== 'object') throw new Error('no pod');
  const containerStatuses = [{ name: 'app', containerID: `containerd://${name}`, restartCount: 0, state }];
  const object = { ...pod.object, spec: { nodeName: 'node-1' }, status: { containerStatuses } };
  return { ...pod, verb, t, object };
};

const running = (name: string) => pod(name, { running: { startedAt: STARTED } });

/**
 * A node whose held files are given, and what `stat` says of them and of the kubelet's; execa takes the newline at the
 * end of a command's output away, and so does this.
 */
function node(files: Record<string, string>, links: string[] = [], listing = '') {
  return async ([, , script = '']: string[]): Promise<string> => {
    if (script.includes('ln -f')) {
      links.push(script);
      return '';
    }
    if (script.includes('stat -c')) return listing;
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

describe('how far a log was read', () => {
  const text = `${line('listening', 1)}\n`;
  const size = text.length;
  const HELD = '/var/log/rollproof/ns/a1_app_0';
  const OWN = '/var/log/pods/ns_a1_a1/app/0.log';
  const read = async (listing: string, ...more: Observation[]) => {
    const seen: NewObservation[] = [];
    let now = 0;
    const logs = startLogs({
      cluster: { exec: node({ a1_app_0: text }, [], listing) },
      namespace: 'ns',
      clock: { ...clock, now: () => (now += 10e9) },
      append: (one) => seen.push(one),
    });
    for (const one of [running('a1'), ...more]) logs.see(one);
    await logs.finish();
    return seen.filter((one) => one.type === 'log');
  };

  test('up to the last reading, where it still runs', async () => {
    expect(await read(`7 ${size} ${HELD}\n7 ${size} ${OWN}`)).toEqual([
      { type: 'log', t: 30e9, pod: 'a1', container: 'app', from: 1e9, until: 20e9, whole: true },
    ]);
  });

  test('up to its end, which the kubelet gives in whole seconds', async () => {
    const ended = { terminated: { startedAt: STARTED, finishedAt: new Date(1_700_000_005_000).toISOString() } };
    expect(await read(`7 ${size} ${HELD}`, pod('a1', ended))).toMatchObject([{ from: 1e9, until: 6e9, whole: true }]);
  });

  test("up to its pod's end, where that is all that was seen", async () => {
    const gone = pod('a1', { running: { startedAt: STARTED } }, 'deleted', 8e9);
    expect(await read(`7 ${size} ${HELD}`, gone)).toMatchObject([{ until: 8e9, whole: true }]);
  });

  test.each([
    ['another file is in its place', `7 ${size} ${HELD}\n8 5 ${OWN}`, /rotated/],
    ['an older file is beside it', `7 ${size} ${HELD}\n7 ${size} ${OWN}\n6 9 ${OWN}.20260101-000000`, /rotated/],
    ['it is not there', `7 ${size} ${OWN}`, /could not be kept/],
    ['some of it was not read', `7 ${size + 9} ${HELD}\n7 ${size + 9} ${OWN}`, /^9 of its \d+ bytes/],
    ['its pod is gone, and it was long enough', `7 100 ${HELD}\ncontainerLogMaxSize: 100`, /may have been rotated/],
    ['its pod is gone, and it was as long as 1 Ki', `7 1024 ${HELD}\ncontainerLogMaxSize: "1Ki"`, /may have been/],
    ['its pod is gone, and it was as long as the default', `7 10485760 ${HELD}`, /may have been rotated/],
  ])('not whole: %s', async (_, listing, reason) => {
    expect(await read(listing)).toMatchObject([{ whole: false, reason: expect.stringMatching(reason) }]);
  });

  test('not whole where nothing can be read', async () => {
    const seen: NewObservation[] = [];
    const exec = async ([, , script = '']: string[]) => {
      if (script.includes('cat')) throw new Error('no such container');
      return '';
    };
    const logs = startLogs({ cluster: { exec }, namespace: 'ns', clock, append: (one) => seen.push(one) });
    logs.see(running('a1'));
    await logs.finish();
    expect(seen).toMatchObject([
      { type: 'log', until: 1e9, whole: false, reason: 'it could not be read: no such container' },
    ]);
  });

  test('not whole where an older file was there when it was taken hold of', async () => {
    const seen: NewObservation[] = [];
    const exec = async (args: string[]) =>
      args[2]?.includes('ln -f') ? `${OWN}.20260101-000000` : node({ a1_app_0: text }, [], `7 ${size} ${HELD}`)(args);
    const logs = startLogs({ cluster: { exec }, namespace: 'ns', clock, append: (one) => seen.push(one) });
    logs.see(running('a1'));
    await logs.finish();
    expect(seen.at(-1)).toMatchObject({ type: 'log', whole: false, reason: 'it was rotated' });
  });
});
