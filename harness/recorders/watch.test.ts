import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { clockSince } from './clock.ts';
import { startTestApiserver, type TestApiserver } from './testing/apiserver.ts';
import { type StartedWatches, startWatches } from './watch.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: TestApiserver;
let watches: StartedWatches | undefined;
let history: NewObservation[];
const clock = clockSince(new Date().toISOString());

beforeEach(async () => {
  server = await startTestApiserver();
  history = [];
});

afterEach(async () => {
  await watches?.stop();
  watches = undefined;
  await server[Symbol.asyncDispose]();
});

type Gap = Extract<NewObservation, { type: 'gap' }>;

/** "added web-1/1@101" (uid@resourceVersion), and gaps by their source. */
const told = () =>
  history.map((one) => {
    if (one.type === 'object') return `${one.verb} ${one.uid}@${one.resourceVersion}`;
    return one.type === 'gap' ? `gap ${one.source}` : one.type;
  });
const gaps = (): Gap[] => history.filter((one): one is Gap => one.type === 'gap');
const stampOf = (state: string) => history[told().indexOf(state)]!.t;

/** The apiserver would end a watch after seconds only; a test that waits for lateness sets less. */
const patience = { watchSeconds: 5, graceMs: 2_000, lateMs: 5_000, catchUpMs: 2_000 };

/** Starts to watch pods, with web-1 there already. */
async function watchPods(more: Partial<typeof patience> = {}): Promise<void> {
  server.put('pods', 'web-1');
  await start(more);
}

async function start(more: Partial<typeof patience> = {}): Promise<void> {
  watches = await startWatches({
    api: server.api,
    namespace: 'ns',
    kinds: ['Pod'],
    clock,
    redact: (object) => object,
    append: (observation) => void history.push(observation),
    patience: { ...patience, ...more },
  });
  await until(() => requests('WATCH').length > 0);
}

const requests = (method: string) => server.requests.filter((one) => one.startsWith(`${method} `));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 10_000, interval: 5 }).toBe(true);
const seen = (state: string) => until(() => told().includes(state));
const watchedFrom = (version: number, times = 1) =>
  until(() => requests('WATCH').filter((one) => one === `WATCH pods ${version}`).length >= times);

async function stop(): Promise<void> {
  await watches?.stop();
}

describe('every state is written down once', () => {
  test('from the list on, through a life', async () => {
    await watchPods();
    server.put('pods', 'web-1');
    server.put('pods', 'web-2');
    server.remove('pods', 'web-1');
    await seen('deleted web-1/1@104');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'added web-2/1@103', 'deleted web-1/1@104']);
  });

  test('over connections that the apiserver ends in good order, which is no gap however long nothing happens', async () => {
    await watchPods({ watchSeconds: 1.2, lateMs: 1_000 });
    await watchedFrom(101, 2);
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    server.end('pods');
    server.put('pods', 'web-1');
    await seen('modified web-1/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'modified web-1/1@103']);
  });

  test('over a connection that breaks between two events', async () => {
    await watchPods();
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    server.cut('pods');
    server.put('pods', 'web-2');
    await seen('added web-2/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'added web-2/1@103']);
    expect(requests('WATCH')).toEqual(['WATCH pods 101', 'WATCH pods 102']);
  });

  test.each(['cut', 'end'] as const)('over one that breaks in the middle of a line (%s)', async (how) => {
    await watchPods();
    server[how]('pods', 'mid-line');
    server.put('pods', 'web-2');
    server.put('pods', 'web-2');
    await seen('modified web-2/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'added web-2/1@102', 'modified web-2/1@103']);
  });

  test('a bookmark moves the version on, and is no state', async () => {
    await watchPods();
    server.put('services', 'web');
    server.bookmark('pods');
    server.end('pods');
    await watchedFrom(102);
    await stop();
    expect(told()).toEqual(['listed web-1/1@101']);
  });

  test('an event that comes twice is written once', async () => {
    await watchPods();
    const pod = server.put('pods', 'web-1');
    server.line('pods', JSON.stringify({ type: 'MODIFIED', object: pod }));
    server.put('pods', 'web-2');
    await seen('added web-2/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'added web-2/1@103']);
  });
});

describe('a version that the apiserver no longer has (410)', () => {
  test.each(['answer', 'event'] as const)('as an %s: listed anew, with a gap from the last event on', async (how) => {
    await watchPods();
    server.put('pods', 'web-2');
    await seen('added web-2/1@102');
    server.answer(503);
    server.cut('pods');
    server.remove('pods', 'web-1');
    server.put('pods', 'web-1');
    server.put('pods', 'web-3');
    server.compact(how);
    server.answer('well');
    await seen('gap watch:Pod');
    server.put('pods', 'web-3');
    await seen('modified web-3/1@106');
    await stop();
    // The new web-1 has its predecessor's name, and is not taken for it; web-2 has not changed.
    expect(told()).toEqual([
      'listed web-1/1@101',
      'added web-2/1@102',
      'deleted web-1/1@101',
      'listed web-1/2@104',
      'listed web-3/1@105',
      'gap watch:Pod',
      'modified web-3/1@106',
    ]);
    expect(gaps()[0]!.from).toBe(stampOf('added web-2/1@102'));
    expect(gaps()[0]!.to).toBeGreaterThanOrEqual(stampOf('listed web-3/1@105'));
    expect(gaps()[0]!.to).toBeLessThan(stampOf('modified web-3/1@106'));
    expect(gaps()[0]!.reason).toContain('410');
  });

  test('what is gone in a relist goes after what came, so that no floor is broken that held', async () => {
    await watchPods();
    server.answer(503);
    server.cut('pods');
    server.put('pods', 'web-2');
    server.remove('pods', 'web-1');
    server.compact('answer');
    server.answer('well');
    await seen('gap watch:Pod');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'listed web-2/1@102', 'deleted web-1/1@101', 'gap watch:Pod']);
  });

  test('again and again is no hot loop, and each gap begins where the last one ended', async () => {
    await watchPods();
    server.put('services', 'web');
    server.compact('answer');
    server.cut('pods');
    await until(() => gaps().length === 1);
    server.put('services', 'web');
    server.compact('answer');
    server.cut('pods');
    await until(() => gaps().length === 2);
    await stop();
    expect(gaps()[1]!.from).toBeGreaterThanOrEqual(gaps()[0]!.to);
    expect(requests('GET').length).toBeLessThan(6);
  });
});

describe('a line that cannot be understood is a gap, and the watch resumes before it', () => {
  test.each([
    ['malformed', '{"type":"MODI', /malformed watch line: \{"type":"MODI/],
    ['without an object', '{"type":"MODIFIED","object":null}', /malformed/],
    ['without a uid', '{"type":"MODIFIED","object":{"metadata":{}}}', /malformed/],
    ['of an unknown type', '{"type":"TOUCHED","object":{"metadata":{"uid":"u","resourceVersion":"9"}}}', /TOUCHED/],
  ])('%s', async (_, line, reason) => {
    await watchPods();
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    server.line('pods', line);
    await until(() => gaps().length === 1);
    server.put('pods', 'web-1');
    await seen('modified web-1/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'gap watch:Pod', 'modified web-1/1@103']);
    expect(gaps()[0]).toMatchObject({ from: stampOf('modified web-1/1@102'), reason: expect.stringMatching(reason) });
    expect(gaps()[0]!.to).toBeLessThanOrEqual(stampOf('modified web-1/1@103'));
    expect(requests('WATCH')[1]).toBe('WATCH pods 102');
  });
});

test('a line that cannot be understood however often it is asked for is stepped over by a list', async () => {
  await watchPods();
  server.spoil('pods', '{"type":"MODI');
  server.put('pods', 'web-2');
  await seen('listed web-2/1@103');
  server.put('pods', 'web-2');
  await seen('modified web-2/1@104');
  await stop();
  expect(told()).toEqual([
    'listed web-1/1@101',
    'gap watch:Pod',
    'listed web-2/1@103',
    'gap watch:Pod',
    'modified web-2/1@104',
  ]);
  expect(requests('WATCH')).toEqual(['WATCH pods 101', 'WATCH pods 101', 'WATCH pods 103']);
});

describe('an apiserver that is away', () => {
  test('for long: a gap from the last thing heard until it is back, and nothing is lost', async () => {
    await watchPods({ lateMs: 300 });
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    await server.stop();
    server.put('pods', 'web-1');
    await wait(400);
    const back = clock.now();
    await server.start();
    await seen('modified web-1/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'gap watch:Pod', 'modified web-1/1@103']);
    expect(gaps()[0]).toMatchObject({
      from: stampOf('modified web-1/1@102'),
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect(gaps()[0]!.to).toBeGreaterThan(back);
    expect(gaps()[0]!.to).toBeLessThanOrEqual(stampOf('modified web-1/1@103'));
  });

  test('for an instant: no gap', async () => {
    await watchPods();
    await server.stop();
    await server.start();
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102']);
  });

  test('until the end: a gap to the end', async () => {
    await watchPods();
    await server.stop();
    await wait(50);
    await stop();
    expect(gaps().length).toBeGreaterThan(0);
    expect(gaps()[0]).toMatchObject({
      from: expect.any(Number),
      reason: expect.stringMatching(/ECONNREFUSED|ECONNRESET|hang up/),
    });
  });

  test.each([401, 403, 404])('and says %d: a gap that names it, and no hot loop', async (code) => {
    await watchPods({ lateMs: 300 });
    server.answer(code);
    server.cut('pods');
    await wait(500);
    const asked = requests('WATCH').length;
    server.answer('well');
    await until(() => gaps().length === 1);
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'gap watch:Pod', 'modified web-1/1@102']);
    expect(gaps()[0]!.reason).toMatch(new RegExp(`answered ${code}: pods is not served now`));
    expect(asked).toBeLessThan(10);
  });

  test('for good in that way: the gap lasts to the end', async () => {
    await watchPods();
    server.answer(403);
    server.cut('pods');
    await wait(50);
    const before = clock.now();
    await stop();
    expect(gaps().length).toBeGreaterThan(0);
    for (const gap of gaps()) {
      expect(gap.to).toBeGreaterThanOrEqual(before);
      expect(gap.reason).toContain('403');
    }
  });
});

describe('a watch that has gone silent', () => {
  test('is found after its time is up, resumed, and a gap from the last thing heard', async () => {
    await watchPods({ watchSeconds: 0.4, graceMs: 250 });
    server.put('pods', 'web-1');
    await seen('modified web-1/1@102');
    server.hush('pods');
    server.put('pods', 'web-1');
    await seen('modified web-1/1@103');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'gap watch:Pod', 'modified web-1/1@103']);
    expect(gaps()[0]).toMatchObject({
      from: stampOf('modified web-1/1@102'),
      reason: expect.stringContaining('silent'),
    });
    expect(gaps()[0]!.to).toBeLessThanOrEqual(stampOf('modified web-1/1@103'));
    expect((gaps()[0]!.to - gaps()[0]!.from) / 1e6).toBeGreaterThan(400);
  });

  test('was heard last when a bookmark came', async () => {
    await watchPods({ watchSeconds: 0.4, graceMs: 250 });
    await wait(100);
    const before = clock.now();
    server.bookmark('pods');
    await wait(50);
    server.hush('pods');
    await until(() => gaps().length === 1);
    expect(gaps()[0]!.from).toBeGreaterThan(before);
  });

  test('so is one that is never answered', async () => {
    await watchPods({ watchSeconds: 0.4, graceMs: 250 });
    server.answer('nothing');
    server.cut('pods');
    await watchedFrom(101, 3);
    server.answer('well');
    await until(() => gaps().length === 1);
    expect(gaps()[0]!.reason).toContain('silent');
  });

  test('one that is closed after a long silence may have lost time: what it replays is late', async () => {
    await watchPods({ lateMs: 300 });
    server.hush('pods');
    server.put('pods', 'web-1');
    await wait(400);
    server.cut('pods');
    await seen('modified web-1/1@102');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'gap watch:Pod', 'modified web-1/1@102']);
  });
});

describe('at the end', () => {
  test('it waits for what the final list has and the watch has not shown yet', async () => {
    await watchPods({ catchUpMs: 5_000 });
    server.delay(200);
    server.put('pods', 'web-1');
    server.put('pods', 'web-2');
    server.remove('pods', 'web-2');
    await stop();
    expect(told()).toEqual(['listed web-1/1@101', 'modified web-1/1@102', 'added web-2/1@103', 'deleted web-2/1@104']);
  });

  test('what the watch never shows is a gap since the object was last seen, and names it', async () => {
    await watchPods();
    server.put('pods', 'web-2');
    await seen('added web-2/1@102');
    server.hush('pods');
    server.put('pods', 'web-2');
    server.put('pods', 'web-3');
    server.remove('pods', 'web-1');
    await watches?.stop();
    expect(told()).toEqual(['listed web-1/1@101', 'added web-2/1@102', 'gap watch:Pod']);
    expect(gaps()[0]!.from).toBeLessThanOrEqual(stampOf('listed web-1/1@101'));
    expect(gaps()[0]!.reason).toContain('web-2 at 103');
    expect(gaps()[0]!.reason).toContain('web-3 at 104');
    expect(gaps()[0]!.reason).toContain('the end of web-1');
  });

  test('nothing is written after it has stopped, and stopping twice does no harm', async () => {
    await watchPods();
    await stop();
    const before = told();
    server.put('pods', 'web-1');
    await wait(50);
    await stop();
    expect(told()).toEqual(before);
  });
});

test('a first list that fails is an error that says why', async () => {
  server.answer(403);
  await expect(start()).rejects.toThrow(/GET .*\/pods: the apiserver answered 403: pods is not served now/);
});
