import { describe, expect, test } from 'vitest';
import { readLine } from './records.ts';

/** Rounded as k6/lane.js rounds: doubles of Unix milliseconds are exact to a quarter of a microsecond. */
const clock = { toNanos: (unixMs: number) => Math.round((unixMs - 1_795_462_200_000) * 1e3) * 1e3 };
const read = (line: string) => readLine(line, clock);
/** A line as k6 1.8.1 wrote it, with the message that lane.js had composed. */
const line = (message: string) =>
  `{"level":"info","msg":"${message}","source":"console","time":"2026-11-23T19:30:19Z"}`;

describe('a request', () => {
  test('that was answered over a kept connection', () => {
    const message = 'request kept-post-1-17 1795462219522936 1430 10 0 0 37 836 347 200 0 11 web-1 1.0.0 -';
    expect(read(line(message))).toEqual({
      type: 'request',
      seq: 17,
      user: 1,
      request: {
        type: 'request',
        t: 19_522_936_000,
        lane: 'kept-post',
        request: 'kept-post-1-17',
        end: 19_524_366_000,
        phases: { blocked: 0.01, connecting: 0, tls: 0, sending: 0.037, waiting: 0.836, receiving: 0.347 },
        status: 200,
        errorCode: 0,
        error: '',
        pod: 'web-1',
        version: '1.0.0',
        bytes: 11,
        reused: true,
      },
    });
  });

  test.each([
    [
      'refused',
      'new-1-0 1795462221279265 883 0 0 0 0 0 0 0 1212 0 - - dial%3A%20connection%20refused',
      { errorCode: 1212, error: 'dial: connection refused', reused: false },
    ],
    [
      'reset',
      'kept-post-4-3 1795462218823051 2654 340 242 0 102 1851 0 0 1220 0 - - read%3A%20connection%20reset%20by%20peer',
      { errorCode: 1220, reused: false },
    ],
    [
      'reset on a kept connection',
      'kept-post-1-23 1795462219823495 1294 11 0 0 38 952 0 0 1220 0 - - read%3A%20connection%20reset%20by%20peer',
      { errorCode: 1220, reused: true },
    ],
    [
      'closed without an answer',
      'kept-post-3-5 1795462218923112 1323 8 0 0 29 1040 0 0 1000 0 - - EOF',
      { errorCode: 1000, error: 'EOF', bytes: 0 },
    ],
    [
      'truncated',
      'kept-post-2-27 1795462220022760 7034 11 0 0 54 926 5773 0 1000 100 - - unexpected%20EOF',
      { errorCode: 1000, error: 'unexpected EOF', bytes: 100 },
    ],
    [
      'timed out',
      'kept-post-4-11 1795462219222745 1001022 298 207 0 72 1000435 0 0 1050 0 - - request%20timeout',
      { errorCode: 1050, status: 0 },
    ],
    [
      'answered 503',
      'kept-post-3-9 1795462219122960 1673 270 182 0 118 919 175 503 1503 0 web-1 1.0.0 -',
      { status: 503, errorCode: 1503, error: '', pod: 'web-1' },
    ],
    [
      'answered by an odd pod',
      'new-3-1 1795462221779933 746 9 7 0 0 0 0 200 0 0 web%201%25 - -',
      { pod: 'web 1%', version: '' },
    ],
  ])('that was %s', (_, message, expected) => {
    expect(read(line(`request ${message}`))).toMatchObject({ type: 'request', request: expected });
  });

  test('that k6 cut off itself is no evidence', () => {
    const message = 'request new-32-31 1795461708970208 4320270 642 512 0 92 4317932 0 0 1000 0 - - context%20canceled';
    expect(read(line(message))).toEqual({ type: 'cut', seq: 31 });
  });
});

test("the local port comes from k6's own line about the failure", () => {
  const text = String.raw`{"error":"Get \"http://127.0.0.1:18082/api/data#new-23-243\": read tcp 127.0.0.1:56838-\u003e127.0.0.1:18082: read: connection reset by peer","level":"warning","msg":"Request Failed","time":"2026-11-23T19:21:53Z"}`;
  expect(read(text)).toEqual({ type: 'failure', request: 'new-23-243', localPort: 56838 });
});

test('a refusal names no local port', () => {
  const text = String.raw`{"error":"Get \"http://127.0.0.1:9/api/data#new-1-0\": dial tcp 127.0.0.1:9: connect: connection refused","level":"warning","msg":"Request Failed","time":"2026-11-23T19:30:21Z"}`;
  expect(read(text)).toEqual({ type: 'failure', request: 'new-1-0' });
});

test('what k6 says of itself is a warning, except that we ended it', () => {
  const insufficient =
    '{"executor":"constant-arrival-rate","level":"warning","msg":"Insufficient VUs, reached 50 active VUs and cannot initialize more","scenario":"kept","time":"2026-11-23T19:20:57Z"}';
  expect(read(insufficient)).toEqual({
    type: 'warning',
    text: 'Insufficient VUs, reached 50 active VUs and cannot initialize more',
  });
  expect(
    read(
      `{"level":"error","msg":"test run was aborted because k6 received a 'terminated' signal","time":"2026-11-23T19:21:53Z"}`,
    ),
  ).toEqual({ type: 'nothing' });
});

test('the summary', () => {
  expect(read('{"rollproof":"summary","iterations":235,"requests":235,"dropped":3}')).toEqual({
    type: 'summary',
    iterations: 235,
    dropped: 3,
  });
});

test.each([
  ['cut in the middle', '{"level":"info","msg":"request kept-post-1-17 17954622'],
  ['of a panic', 'goroutine 1 [running]:'],
  [
    'without its last field',
    line('request kept-post-1-17 1795462219522936 1430 10 0 0 37 836 347 200 0 11 web-1 1.0.0'),
  ],
  [
    'with a number that is none',
    line('request kept-post-1-17 1795462219522936 NaN 10 0 0 37 836 347 200 0 11 web-1 1.0.0 -'),
  ],
  [
    'with a broken escape',
    line('request kept-post-1-17 1795462219522936 1430 10 0 0 37 836 347 200 0 11 web%E0 1.0.0 -'),
  ],
  [
    "of another lane's making",
    line('request other-1-17 1795462219522936 1430 10 0 0 37 836 347 200 0 11 web-1 1.0.0 -'),
  ],
  ['of JSON that is no object', 'null'],
])('a line %s is unreadable, not nothing', (_, text) => {
  expect(read(text)).toEqual({ type: 'unreadable' });
});
