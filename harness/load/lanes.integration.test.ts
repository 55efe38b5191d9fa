import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LACKS_TEXT, OPEN_END } from '../checks/good.ts';
import type { GapSeen, LanePlan, NewObservation } from '../history/types.ts';
import { k6InDocker } from './container.ts';
import { type LaneOptions, type StartedLane, startLane, startSharedLane } from './lanes.ts';
import type { NewRequest } from './records.ts';
import { type Fault, faultOf, type Seen, STREAM } from './testing/faulty-server.ts';

/** Any image with k6 on its PATH. Default: the one that set-up has built; nothing is ever pulled for a test. */
const image = process.env.ROLLPROOF_K6_IMAGE ?? builtImage();
const LABEL = 'rollproof.test=lanes';

const clock = {
  now: () => Math.round((performance.timeOrigin + performance.now() - EPOCH) * 1e6),
  toNanos: (ms: number) => Math.round((ms - EPOCH) * 1e6),
};
const EPOCH = Date.now();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const NEW: LanePlan = { name: 'new', method: 'GET', connection: 'new', rate: 100 };
const KEPT: LanePlan = { name: 'kept', method: 'GET', connection: 'reused', rate: 100, connections: 50 };
const KEPT_POST: LanePlan = { ...KEPT, name: 'kept-post', method: 'POST' };
const HELD_SECONDS = 1;
const SLOW: LanePlan = { name: 'slow', method: 'GET', connection: 'new', rate: 20, path: '/api/slow?seconds=1' };
const STREAMED: LanePlan = { ...SLOW, name: 'stream', path: '/api/stream?seconds=1' };

const ERROR_CODE: Partial<Record<Fault, number>> = {
  reset: 1220,
  eof: 1000,
  truncated: 1000,
  'late-reset': 1220,
  hang: 1050,
  503: 1503,
};

afterAll(() => {
  const left = execFileSync('docker', ['ps', '-aq', '--filter', `label=${LABEL}`], { encoding: 'utf8' }).trim();
  expect(left, 'containers left behind').toBe('');
});

describe.each([[NEW], [KEPT], [KEPT_POST], [SLOW], [STREAMED]])('$name', (lane) => {
  test('every request is recorded once, with what it met and when', { timeout: 90_000 }, async () => {
    await using server = await startServer({ faults: true });
    const { observations, result } = await drive({ url: server.at(lane), lane, timeoutMs: 2000 }, async (lane) => {
      await lane.warm;
      await sleep(6000);
    });
    const requests = observations.filter(({ type }) => type === 'request') as NewRequest[];
    expect(observations.filter(({ type }) => type === 'gap')).toEqual([]);
    expect(requests.length).toBeGreaterThan(5 * lane.rate);
    expect(result).toMatchObject({ lane: lane.name, sent: requests.length, notStarted: 0, exitCode: 0, warnings: [] });
    expect(new Set(requests.map(({ request }) => request)).size).toBe(requests.length);

    const offsets: number[] = [];
    for (const request of requests) {
      const fault = faultOf(request.request);
      const seen = server.seen.get(request.request) ?? [];
      expect(request.errorCode, `${request.request} met ${fault}: ${request.error}`).toBe(ERROR_CODE[fault] ?? 0);
      if (fault === 'reset') expect(request.localPort).toBe(seen.at(-1)?.clientPort);
      if (fault === 'good' || fault === 302)
        expect(request).toMatchObject({ pod: 'web-1', version: '1.0.0', error: '' });
      // Go sends a GET again, on a new connection, when a kept one breaks before the answer: then it began on a reused one.
      if (seen.length === 1) expect(request.reused, request.request).toBe(seen[0]!.nth > 1);
      else expect(request).toMatchObject({ lane: 'kept', reused: true });
      if (lane === SLOW || lane === STREAMED) expectHeld(request, fault, lane);
      offsets.push((clock.toNanos(seen[0]!.at) - request.t) / 1e6 - request.phases.connecting);
    }
    offsets.sort((a, b) => a - b);
    const [least, middle, p99] = [0, 0.5, 0.99].map((p) => offsets[Math.floor((offsets.length - 1) * p)]!.toFixed(2));
    console.log(
      `${lane.name}: ${requests.length} requests; server's stamp after the start's: least ${least} ms, median ${middle}, p99 ${p99}`,
    );
    expect(Number(least)).toBeGreaterThan(-2);
    expect(Number(middle)).toBeLessThan(3);
    // What the server handled and no record names began while k6 was being ended.
    const recorded = new Set(requests.map(({ request }) => request));
    for (const id of server.seen.keys())
      if (!recorded.has(id)) expect(server.seen.get(id)![0]!.at).toBeGreaterThan(EPOCH + stoppedAt / 1e6);
  });
});

/** A cut stream has the bytes that came, and neither status nor headers: k6 gives those of whole answers only. */
function expectHeld({ request, t, end, bytes, status, pod, phases }: NewRequest, fault: Fault, lane: LanePlan): void {
  const seconds = (end - t) / 1e9;
  const whole = STREAM.lines * STREAM.bytes * HELD_SECONDS;
  if (fault === 'good') expect(seconds, request).toBeCloseTo(HELD_SECONDS, 0);
  if (lane === SLOW) return;
  if (fault === 'good') expect(bytes).toBe(whole);
  if (fault === 'truncated' || fault === 'late-reset' || fault === 'hang') {
    expect({ bytes, status, pod }, request).toEqual({ bytes: whole / 2, status: 0, pod: '' });
    expect(phases.receiving).toBeGreaterThan(200);
  }
}

test('a rate below one a second, and a stop that lets the long answers finish', { timeout: 90_000 }, async () => {
  await using server = await startServer({ faults: false });
  const lane: LanePlan = { ...STREAMED, rate: 0.4, path: '/api/stream?seconds=4' };
  const began = performance.now();
  const { observations, result } = await drive({ url: server.at(lane), lane, timeoutMs: 19_000 }, async (lane) => {
    await lane.warm;
    await sleep(5000);
  });
  const requests = observations.filter(({ type }) => type === 'request') as NewRequest[];
  expect(observations).toHaveLength(requests.length);
  expect(requests.every(({ errorCode, bytes }) => errorCode === 0 && bytes === 4 * STREAM.lines * STREAM.bytes)).toBe(
    true,
  );
  const starts = requests.map(({ t }) => t / 1e6);
  for (const [i, start] of starts.slice(1).entries()) expect(Math.abs(start - starts[i]! - 2500)).toBeLessThan(200);
  // Each that began before the stop was asked for is there, whole; of the others at most those that k6's end cut off are not.
  const recorded = new Set(requests.map(({ request }) => request));
  const before = [...server.seen].filter(([, [seen]]) => seen!.at < EPOCH + stoppedAt / 1e6);
  expect(before.length).toBeGreaterThan(2);
  for (const [id] of before) expect(recorded, id).toContain(id);
  expect(server.seen.size).toBeGreaterThan(recorded.size);
  expect(result).toMatchObject({ sent: requests.length, notStarted: 0, exitCode: 0, warnings: [] });
  expect(performance.now() - began).toBeLessThan(30_000);
});

test('streams that all last too long leave no iteration unstarted, and each is a time-out', {
  timeout: 90_000,
}, async () => {
  await using server = await startServer({ faults: false });
  const lane: LanePlan = { ...STREAMED, rate: 10, path: '/api/stream?seconds=60' };
  const { observations, result } = await drive({ url: server.at(lane), lane, timeoutMs: 6000 }, () => sleep(8000));
  expect(observations.length).toBeGreaterThan(70);
  expect(observations.every((seen) => seen.type === 'request' && seen.errorCode === 1050)).toBe(true);
  expect(result).toMatchObject({ notStarted: 0, exitCode: 0 });
});

test('connections that all hang for five seconds leave no iteration unstarted', { timeout: 90_000 }, async () => {
  await using server = await startServer({ faults: false, hang: [3, 8] });
  const { observations, result } = await drive({ url: server.url, lane: KEPT_POST, timeoutMs: 15_000 }, () =>
    sleep(10_000),
  );
  const requests = observations.filter(({ type }) => type === 'request') as NewRequest[];
  const cut = requests.filter(({ errorCode }) => errorCode === 1220);
  expect(cut.length).toBe(50);
  expect(cut.every(({ reused, t, end }) => reused && end - t > 4e9)).toBe(true);
  expect(result).toMatchObject({ notStarted: 0, exitCode: 0 });
});

test('iterations that k6 could not start are counted', { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  // New connections too: the few that close theirs after each request would carry the rate.
  const lane: LanePlan = { ...KEPT_POST, rate: 200, connections: 2, path: '/api/slow?seconds=60' };
  const { result } = await drive({ url: server.at(lane), lane, timeoutMs: 3000 }, () => sleep(5000));
  expect(result.notStarted).toBeGreaterThan(0);
});

test('a refusal is no connection, in a network of another container too', { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  await using host = await startLane(
    optionsFor([], { url: server.url, lane: { ...NEW, rate: 1 }, timeoutMs: 1000, networkMode: 'none' }),
  );
  const [id] = execFileSync('docker', ['ps', '-q', '--filter', `label=${LABEL}`], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const { observations, result } = await drive(
    { url: 'http://127.0.0.1:9/', lane: KEPT, timeoutMs: 1000, networkMode: `container:${id}` },
    async (lane) => {
      await lane.warm;
      await sleep(1000);
    },
  );
  await host.stop();
  expect(result.sent).toBeGreaterThan(100);
  expect(
    observations.every(
      (seen) => seen.type === 'request' && seen.errorCode === 1212 && seen.status === 0 && !seen.reused,
    ),
  ).toBe(true);
});

test('a killed k6 is seen at once, and what it did not tell is a gap', { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  const observations: NewObservation[] = [];
  await using lane = await startLane(optionsFor(observations, { url: server.url, lane: KEPT, timeoutMs: 1000 }));
  await lane.warm;
  const killed = performance.now();
  execFileSync('docker', [
    'kill',
    '-s',
    'KILL',
    ...execFileSync('docker', ['ps', '-q', '--filter', `label=${LABEL}`], { encoding: 'utf8' })
      .trim()
      .split('\n'),
  ]);
  expect(await lane.lost).toContain('exit code 137');
  expect(performance.now() - killed).toBeLessThan(3000);
  const gaps = () => observations.filter((seen): seen is Omit<GapSeen, 'id' | 'scenario'> => seen.type === 'gap');
  expect(gaps()).toMatchObject([{ source: 'requests:kept' }]);
  await sleep(500);
  expect(await lane.stop()).toMatchObject({ exitCode: 137 });
  const last = observations.findLast((seen) => seen.type === 'request')!;
  expect(gaps().at(-1)!.from).toBeLessThanOrEqual(last.t);
  expect(gaps().at(-1)!.to - last.t).toBeGreaterThan(500e6);
});

test('an answer without the text that a good one has is known by it', { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  const drivenFor = (wanted: string) =>
    drive({ url: server.url, lane: { ...NEW, rate: 20 }, timeoutMs: 2000, wanted }, () => sleep(3000));
  const [there, lacking] = [await drivenFor('{"ok":'), await drivenFor('"okay"')];
  const codes = ({ observations }: typeof there) => new Set((observations as NewRequest[]).map((one) => one.errorCode));
  expect(codes(there)).toEqual(new Set([0]));
  expect(codes(lacking)).toEqual(new Set([LACKS_TEXT]));
  expect((lacking.observations as NewRequest[]).every(({ status, error }) => status === 200 && error !== '')).toBe(
    true,
  );
});

test('an answer whose body ends with its connection is told apart: cut off, it looks whole', {
  timeout: 90_000,
}, async () => {
  const answers = async (head: string) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      // Every other one is cut off in the middle of its body.
      socket.once('data', () => socket.end(`${head}\r\n\r\n${'x'.repeat(cut() ? 10 : 20)}`));
    });
    let count = 0;
    const cut = () => count++ % 2 === 1;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const lane: LanePlan = { ...NEW, rate: 20 };
    const wanted = { url: `http://127.0.0.1:${port}/`, lane, timeoutMs: 2000 };
    const { observations } = await drive(wanted, () => sleep(2000));
    server.close();
    const requests = observations.filter(({ type }) => type === 'request') as NewRequest[];
    expect(requests.length).toBeGreaterThan(20);
    const said = requests.map(({ status, errorCode, error, bytes }) => `${status} ${errorCode} ${bytes}: ${error}`);
    return [...new Set(said)].sort();
  };
  expect(await answers('HTTP/1.0 200 OK')).toEqual([`200 0 10: ${OPEN_END}`, `200 0 20: ${OPEN_END}`]);
  // With a length, k6 knows.
  expect(await answers('HTTP/1.0 200 OK\r\nContent-Length: 20')).toEqual(['0 1000 10: unexpected EOF', '200 0 20: ']);
});

test("a script of one's own makes the requests, one in each iteration", { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-own-'));
  const script = join(folder, 'load.js');
  const lane: LanePlan = { ...KEPT, name: 'own', rate: 20, connections: 10 };
  const driven = async (text: string) => {
    writeFileSync(script, text);
    const wanted = { url: server.url, lane, timeoutMs: 2000, script };
    return (await drive(wanted, () => sleep(3000))).observations as NewRequest[];
  };
  const good = await driven(`
    import { check } from 'k6';
    import { request } from './rollproof.js';
    export const setup = () => ({ token: 'abc' });
    export default ({ token }) => {
      const answer = request('POST', '/api/data', '{"order":1}', { headers: { authorization: token } });
      check(answer, { 'is ok': ({ body }) => body.includes('ok') });
    };
  `);
  expect(good.length).toBeGreaterThan(40);
  expect(good.every(({ errorCode, lane, status }) => errorCode === 0 && lane === 'own' && status === 200)).toBe(true);
  const idle = await driven('export default () => { throw new Error("no token"); };');
  expect(idle.length).toBeGreaterThan(40);
  expect(idle.every(({ errorCode, status }) => errorCode === 901 && status === 0)).toBe(true);
  expect(idle[0]!.error).toBe('the script made no request: Error: no token');
  const twice = await driven(`
    import { request } from './rollproof.js';
    export default () => { request('GET', '/api/data'); request('GET', '/api/data'); };
  `);
  expect(new Set(twice.map(({ request }) => request)).size).toBe(twice.length);
  rmSync(folder, { recursive: true });
});

test('a lane that two share has the rate of one, and no request twice', { timeout: 60_000 }, async () => {
  await using server = await startServer({ faults: false });
  const observations: NewObservation[] = [];
  await using lane = await startSharedLane(
    optionsFor(observations, { url: server.url, lane: KEPT, timeoutMs: 1000 }),
    2,
  );
  await lane.warm;
  const from = clock.now();
  await sleep(5000);
  const to = clock.now();
  const result = await lane.stop();
  const requests = observations as NewRequest[];
  expect(result).toMatchObject({ sent: requests.length, notStarted: 0, exitCode: 0, warnings: [] });
  expect(new Set(requests.map(({ request }) => request)).size).toBe(requests.length);
  const within = requests.filter(({ t }) => t >= from && t < to).length;
  expect(Math.abs(within - KEPT.rate * 5)).toBeLessThan(KEPT.rate / 5);
});

test('five lanes at once: nothing is lost', { timeout: 90_000 }, async () => {
  await using server = await startServer({ faults: false });
  const quick = [NEW, KEPT, KEPT_POST].map((lane) => ({ ...lane, rate: 66, connections: 33 }));
  const held = [
    { ...SLOW, rate: 0.5, path: '/api/slow?seconds=2' },
    { ...STREAMED, rate: 0.25, path: '/api/stream?seconds=8' },
  ];
  const lanes = await Promise.all(
    [...quick, ...held].map(async (lane) => ({
      lane,
      ...(await drive({ url: server.at(lane), lane, timeoutMs: 12_000 }, async (lane) => {
        await lane.warm;
        await sleep(8000);
      })),
    })),
  );
  for (const { lane, observations, result } of lanes) {
    expect(observations.every((seen) => seen.type === 'request' && seen.errorCode === 0)).toBe(true);
    expect(result).toMatchObject({ sent: observations.length, notStarted: 0, exitCode: 0 });
    expect(result.sent).toBeGreaterThan(8 * lane.rate * 0.9);
  }
});

function builtImage(): string {
  const built = execFileSync('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}', 'rollproof/k6'], {
    encoding: 'utf8',
  });
  const [newest] = built.trim().split('\n');
  if (!newest)
    throw new Error('no image rollproof/k6: run `npm run rollproof -- cluster up` once, or set ROLLPROOF_K6_IMAGE');
  return newest;
}

let stoppedAt = 0;

type Wanted = Pick<LaneOptions, 'url' | 'lane' | 'timeoutMs' | 'wanted' | 'script'> & { networkMode?: string };

async function drive(wanted: Wanted, during: (lane: StartedLane) => Promise<unknown>) {
  const observations: NewObservation[] = [];
  await using lane = await startLane(optionsFor(observations, wanted));
  await during(lane);
  stoppedAt = clock.now();
  const result = await lane.stop();
  return { observations, result };
}

function optionsFor(observations: NewObservation[], { networkMode = 'host', ...wanted }: Wanted): LaneOptions {
  const [key, value] = LABEL.split('=') as [string, string];
  const start = k6InDocker({ image, networkMode, labels: { [key]: value } });
  return { start, clock, append: (seen) => observations.push(seen), ...wanted };
}

async function startServer(settings: { faults: boolean; hang?: [number, number] }) {
  const child = fork(new URL('./testing/faulty-server.ts', import.meta.url), [JSON.stringify(settings)]);
  const [{ port }] = await once(child, 'message');
  const seen = new Map<string, Seen[]>();
  child.on('message', (one: Seen) => void seen.set(one.id, [...(seen.get(one.id) ?? []), one]));
  return {
    url: `http://127.0.0.1:${port}/api/data`,
    at: ({ path = '/api/data' }: LanePlan) => `http://127.0.0.1:${port}${path}`,
    seen,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
    },
  };
}
