import { expect, test } from 'vitest';
import type { NewObservation } from '../history/types.ts';
import { ledger } from './ledger.ts';

function books() {
  const observations: NewObservation[] = [];
  let now = 0;
  const clock = { now: () => now, toNanos: (unixMs: number) => Math.round(unixMs * 1e6) };
  const book = ledger('new', clock, (seen) => observations.push(seen));
  now = 9_000_000_000;
  return { observations, book };
}

/** Request number `seq` by user 1, begun at `ms`. */
const record = (seq: number, ms: number, outcome = '200 0 2 web-1 1.0.0 -') =>
  `{"level":"info","msg":"request new-1-${seq} ${ms * 1000} 500 9 8 0 1 2 3 ${outcome}","source":"console"}`;

const reset = '0 1220 0 - - read%3A%20connection%20reset%20by%20peer';
const failure = (seq: number, port: number) =>
  String.raw`{"error":"Get \"http://10.96.0.7:80/api/data#new-1-${seq}\": read tcp 172.18.0.2:${port}->10.96.0.7:80: read: connection reset by peer","level":"warning","msg":"Request Failed"}`;

test('the local port of a failure joins its record', () => {
  const { book, observations } = books();
  book.read(failure(0, 60398));
  book.read(record(0, 100, reset));
  book.read(record(1, 110));
  expect(observations).toMatchObject([{ request: 'new-1-0', localPort: 60398 }, { request: 'new-1-1' }]);
  expect(observations[1]).not.toHaveProperty('localPort');
  expect(book.counts).toEqual({ sent: 2, failed: 1, lastStatus: 200, lastError: '' });
});

test('a line that is read twice counts once', () => {
  const { book, observations } = books();
  for (const line of [record(0, 100), record(2, 120), record(0, 100), record(2, 120), record(1, 110)]) book.read(line);
  expect(observations.map((seen) => seen.type === 'request' && seen.request)).toEqual([
    'new-1-0',
    'new-1-2',
    'new-1-1',
  ]);
  expect(book.counts.sent).toBe(3);
});

test('it is complete only up to the oldest request in flight', () => {
  const { book } = books();
  book.read(record(0, 100));
  book.read(record(2, 120));
  expect(book.completeUpTo(115_000_000)).toBe(false);
  book.read(record(1, 110));
  expect(book.completeUpTo(115_000_000)).toBe(true);
  expect(book.completeUpTo(121_000_000)).toBe(false);
});

test('blindness begins at the first request whose outcome is unknown', () => {
  const { book, observations } = books();
  book.read(record(0, 100));
  book.read(record(2, 120));
  book.blindUntil(500_000_000, 'k6 was killed');
  expect(observations.at(-1)).toMatchObject({
    type: 'gap',
    source: 'requests:new',
    from: 100_000_000,
    to: 500_000_000,
    reason: 'k6 was killed',
  });
});

test('lines that cannot be read are one gap for each stretch of them', () => {
  const { book, observations } = books();
  for (const line of [record(0, 100), 'panic: oh', 'goroutine 1', record(1, 110), '{"level":']) book.read(line);
  book.end();
  const gaps = observations.filter(({ type }) => type === 'gap');
  expect(gaps).toMatchObject([
    { from: 100_000_000, reason: "2 lines of k6's output could not be read, the first: panic: oh" },
    { from: 110_000_000, reason: '1 line of k6\'s output could not be read, the first: {"level":' },
  ]);
  expect(book.warnings).toEqual(['panic: oh', 'goroutine 1', '{"level":']);
});

test('a request that k6 cut off leaves the mark where it was', () => {
  const { book, observations } = books();
  book.read(record(0, 100));
  book.read(record(1, 110, '0 1000 0 - - context%20canceled'));
  book.read(record(2, 120));
  expect(observations).toHaveLength(2);
  expect(book.completeUpTo(111_000_000)).toBe(false);
});

test('a k6 whose clock is another tells what time it is; what came quickest says how far apart they are', () => {
  const observations: NewObservation[] = [];
  let now = 0;
  const clock = { now: () => now * 1e6, toNanos: (unixMs: number) => Math.round(unixMs * 1e6) };
  const book = ledger('new', clock, (seen) => observations.push(seen));
  const time = (unixMs: number) => `{"level":"info","msg":"clock ${unixMs}","source":"console"}`;
  // It is 500 ms ahead; its lines take 40, 3 and 12 ms.
  for (const [at, took] of [
    [1000, 40],
    [1050, 3],
    [1100, 12],
  ] as const) {
    now = at + took;
    book.read(time(at + 500));
  }
  book.read(record(0, 2500));
  expect(observations).toMatchObject([{ t: 2003e6 }]);
});
