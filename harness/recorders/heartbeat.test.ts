import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { clockSince } from './clock.ts';
import { type StartedHeartbeat, startHeartbeat } from './heartbeat.ts';
import { startTestApiserver, type TestApiserver } from './testing/apiserver.ts';

let server: TestApiserver;
let heartbeat: StartedHeartbeat | undefined;
let history: NewObservation[];
const clock = clockSince(new Date().toISOString());

beforeEach(async () => {
  server = await startTestApiserver();
  history = [];
});

afterEach(async () => {
  await heartbeat?.stop();
  heartbeat = undefined;
  await server[Symbol.asyncDispose]();
});

async function start(): Promise<StartedHeartbeat> {
  heartbeat = await startHeartbeat({
    api: server.api,
    namespace: 'ns',
    labels: { 'dev.rollproof.run': 'r' },
    clock,
    append: (observation) => void history.push(observation),
    everyMs: 20,
    patience: { watchSeconds: 5, graceMs: 2_000 },
  });
  return heartbeat;
}

const writes = () => server.requests.filter((one) => one === 'PATCH configmaps/rollproof-heartbeat').length;
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 20_000, interval: 5 }).toBe(true);

/** The first lag that is measured from now on. */
async function nextLag(beat: StartedHeartbeat): Promise<number> {
  let lag: number | undefined;
  beat.takeLagMs();
  await until(() => {
    lag = beat.takeLagMs();
    return lag !== undefined;
  });
  return lag!;
}

test('a lag is from the answer of a write until a watch shows it', async () => {
  const beat = await start();
  // The first may be of a watch that is still being opened.
  await until(() => (beat.takeLagMs() ?? 1e9) < 300);
  server.delay(400);
  // What was written before is shown as quickly as ever, on a busy machine for a while.
  let lag = 0;
  await until(() => {
    lag = beat.takeLagMs() ?? lag;
    return lag > 390;
  });
  expect(lag).toBeLessThan(2_000);
});

test('an apiserver that does not answer is silent, one that says no, or only tells its watches, is not', {
  timeout: 60_000,
}, async () => {
  const beat = await start();
  await nextLag(beat);
  await server.stop();
  await until(() => beat.silentMs() > 300);
  await server.start();
  await until(() => beat.silentMs() < 100);
  // No write is answered in time, but the watch shows them.
  server.delay(10_000, 'answers');
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  expect(beat.silentMs()).toBeLessThan(4_000);
  server.delay(0, 'answers');
  server.answer(500);
  const before = writes();
  await until(() => writes() > before + 20);
  await until(() => beat.silentMs() < 300);
});

test('where nobody writes, nothing is silent', async () => {
  server.answer(403);
  const beat = await start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(beat.silentMs()).toBe(0);
});

test('nor where nobody writes any more', async () => {
  const beat = await start();
  await nextLag(beat);
  server.answer(404);
  await until(() => history.length > 0);
  expect(beat.silentMs()).toBe(0);
  await beat.stop();
  expect(beat.silentMs()).toBe(0);
});

test('it is told once', async () => {
  const beat = await start();
  let again: number | undefined;
  await until(() => {
    const lag = beat.takeLagMs();
    again = beat.takeLagMs();
    return lag !== undefined;
  });
  expect(again).toBeUndefined();
});

test('its object is labelled, and taken away at the end', async () => {
  const beat = await start();
  const { items } = await server.api.get<{ items: object[] }>('/api/v1/namespaces/ns/configmaps');
  expect(items).toMatchObject([{ metadata: { name: 'rollproof-heartbeat', labels: { 'dev.rollproof.run': 'r' } } }]);
  await beat.stop();
  await beat.stop();
  const left = await server.api.get<{ items: object[] }>('/api/v1/namespaces/ns/configmaps');
  expect(left.items).toEqual([]);
  expect(history).toEqual([]);
});

test('one that was left behind is used again', async () => {
  server.put('configmaps', 'rollproof-heartbeat');
  const beat = await start();
  await until(() => (beat.takeLagMs() ?? 1e9) < 300);
});

test('a write that no watch shows is a gap', async () => {
  const beat = await start();
  await nextLag(beat);
  server.hush('configmaps');
  const before = writes();
  await until(() => writes() > before + 1);
  const hushed = clock.now();
  await beat.stop();
  expect(history).toMatchObject([
    { type: 'gap', source: 'watch:heartbeat', reason: expect.stringContaining('no watch') },
  ]);
  const [gap] = history as Extract<NewObservation, { type: 'gap' }>[];
  expect(gap!.from).toBeLessThan(hushed);
  expect(gap!.to - gap!.from).toBeGreaterThan(1.9e9);
});

test('a write that is under way at the end is waited for', async () => {
  const beat = await start();
  await nextLag(beat);
  server.delay(200);
  server.delay(100, 'answers');
  const before = writes();
  await until(() => writes() > before);
  await beat.stop();
  expect(history).toEqual([]);
});

test('a watch that breaks is taken up again', async () => {
  const beat = await start();
  await nextLag(beat);
  server.cut('configmaps');
  server.compact('answer');
  await nextLag(beat);
  await nextLag(beat);
  await beat.stop();
  expect(history).toEqual([]);
});

test.each([
  ['may not write', 403],
  ['is not known', 401],
])('who %s measures nothing, and it is said', async (_, code) => {
  server.answer(code);
  const beat = await start();
  expect(beat.takeLagMs()).toBeUndefined();
  await beat.stop();
  expect(history).toMatchObject([{ type: 'action', action: 'heartbeat', ok: false }]);
  expect(history[0]).toMatchObject({
    detail: `watch lag is not measured: POST /api/v1/namespaces/ns/configmaps: the apiserver answered ${code}: configmaps is not served now`,
  });
});

test('in a namespace that is being deleted it ends, says so once, and asks no more', async () => {
  const beat = await start();
  await nextLag(beat);
  server.remove('configmaps', 'rollproof-heartbeat');
  await until(() => history.length > 0);
  const asked = writes();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(writes()).toBe(asked);
  await beat.stop();
  expect(history).toMatchObject([
    {
      type: 'action',
      ok: false,
      detail: expect.stringMatching(/it ended: PATCH .*404: configmaps "rollproof-heartbeat" not found/),
    },
  ]);
});

test('an apiserver that is away for a moment is no end of it', async () => {
  const beat = await start();
  await nextLag(beat);
  await server.stop();
  await new Promise((resolve) => setTimeout(resolve, 100));
  await server.start();
  await nextLag(beat);
  expect(history).toEqual([]);
});
