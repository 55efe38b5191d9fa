/**
 * What rollproof does with each request of a load: it gives it an id, takes its time and writes one line, which ../records.ts
 * reads. Run by k6 (not by Node), configured by the environment variable ROLLPROOF_LANE (LaneScript in ../lane-script.ts).
 *
 * A k6 script of one's own finds this file beside it: `import { request } from './rollproof.js'`.
 */

import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';

export const lane = JSON.parse(__ENV.ROLLPROOF_LANE);

export const options = {
  scenarios: {
    [lane.name]: {
      executor: 'constant-arrival-rate',
      rate: lane.rate,
      timeUnit: lane.timeUnit,
      duration: `${lane.maxSeconds}s`,
      gracefulStop: `${lane.timeoutMs}ms`,
      preAllocatedVUs: lane.preAllocatedVUs,
      maxVUs: lane.maxVUs,
    },
  },
  noConnectionReuse: lane.connection === 'new',
  // A redirect is an answer of the service; following it would make two requests of one.
  maxRedirects: 0,
  // Nobody reads k6's own metrics but the counters of the summary: no tags, so no series for every URL.
  systemTags: [],
  insecureSkipTLSVerify: lane.insecure === true,
  setupTimeout: '10s',
};

http.setResponseCallback(null);

/** Bytes cost less than text; only to look for a text in it is it needed as one. */
const responseType = lane.wanted === undefined && !lane.own ? 'binary' : 'text';

/**
 * `Date.now()` has whole milliseconds only. k6's run time has fractions and is monotonic: the wall-clock instant of its
 * zero is found once, at the turn of a millisecond. A delay between the two readings makes it too early, so that the
 * latest of a few is the best.
 */
export function setup() {
  let zero = Number.NEGATIVE_INFINITY;
  for (let tries = 0; tries < 5; tries++) {
    const before = Date.now();
    let now = before;
    while (now === before) now = Date.now();
    zero = Math.max(zero, now - exec.instance.currentTestRunDuration);
  }
  if (lane.tellsTime) tellTime();
  return { zero };
}

/** A few times: of those the quickest to arrive says best how far this clock is from the reader's. */
function tellTime() {
  for (let times = 0; times < 20; times++) {
    console.log(`clock ${Date.now()}`);
    sleep(0.05);
  }
}

/** Of the iteration that is under way in this VU: each VU has a JavaScript of its own. */
let zero = 0;
let made = true;

/** To be called at the beginning of each iteration, with what `setup` gave. */
export function begin(started) {
  zero = started.zero;
  made = false;
}

/** To be called at its end: an iteration of a script of one's own that made no request is one that failed. */
export function end(error) {
  if (made) return;
  const reason = `the script made no request${error === undefined ? '' : `: ${error}`}`;
  console.log(record(idOf(), zero + exec.instance.currentTestRunDuration, 0, { ...NOTHING, error: reason }));
}

const NOTHING = { timings: {}, status: 0, error_code: 901 };

const idOf = () => `${lane.name}-${lane.firstVu + exec.vu.idInTest}-${exec.scenario.iterationInTest}`;

/**
 * The one request of an iteration that is recorded and judged. What else a script has to do, a login, say, it does with k6's
 * own http.
 *
 * @param method GET, POST, …
 * @param path "/api/orders": at the address that is under load
 * @param body as k6's http.request takes it
 * @param params the same; headers above all
 * @returns k6's response
 */
export function request(method, path, body, params = {}) {
  if (made) throw new Error('one request of an iteration is recorded, and it was made: others are made with k6/http');
  made = true;
  const id = idOf();
  const headers = { ...params.headers, 'x-rollproof-id': id };
  if (isReserve(exec.vu.idInTest)) headers.connection = 'close';
  // The fragment is never sent; k6 repeats it in its own log line about a request that failed.
  const url = `${lane.origin}${path}#${id}`;
  const start = exec.instance.currentTestRunDuration;
  const response = http.request(method, url, body, { responseType, timeout: lane.timeoutMs, ...params, headers });
  const took = exec.instance.currentTestRunDuration - start;
  console.log(record(id, zero + start, took, response));
  return response;
}

/**
 * The last of the VUs that a kept lane starts with keep no connection: when every kept one hangs on a pod that dies, they
 * carry the rate, where k6 would start fewer iterations than planned and the evidence would have a hole.
 */
const isReserve = (vu) => vu <= lane.preAllocatedVUs && vu > lane.preAllocatedVUs - lane.reserve;

/** Fields in the order that records.ts expects, none of them with a blank in it. */
function record(id, startMs, tookMs, { timings, status, error_code, error, headers, body, proto }) {
  const lacks = lane.wanted !== undefined && error_code === 0 && !(body || '').includes(lane.wanted);
  const { blocked, connecting, tls_handshaking, sending, waiting, receiving } = timings;
  const numbers = [startMs, tookMs, blocked, connecting, tls_handshaking, sending, waiting, receiving].map(micros);
  const isOpen = !error && lane.wanted === undefined && endsWithConnection({ status, headers, proto });
  const reason = lacks ? LACKS_TEXT.reason : isOpen ? OPEN_END : error;
  const texts = [header(headers, 'X-Rollproof-Pod'), header(headers, 'X-Rollproof-Version'), reason].map(word);
  const code = lacks ? LACKS_TEXT.code : error_code;
  return `request ${id} ${numbers.join(' ')} ${status} ${code} ${sizeOf(body)} ${texts.join(' ')}`;
}

/** As checks/good.ts knows it. */
const LACKS_TEXT = { code: 900, reason: 'the text of a good answer is not in it' };

/** As checks/good.ts knows it: said of an answer that is no failure. */
const OPEN_END = 'it ends with its connection';

/**
 * HTTP/1.0 without a length: the end of the connection is the end of the body, and Go takes one that is cut off for whole.
 * (In HTTP/1.1 such a body mostly comes in chunks, of which k6 does not tell. One that ends with its connection all the same is not told
 * from one that was cut: a text that a good answer has, `good.body`, is.)
 */
const endsWithConnection = ({ status, headers, proto }) =>
  proto === 'HTTP/1.0' && status >= 200 && status !== 204 && status !== 304 && header(headers, 'Content-Length') === '';

/** In bytes; of a text in UTF-16 units. */
const sizeOf = (body) => (body ? (body.byteLength ?? body.length) : 0);

/** k6 names headers as Go does; of several it joins the values. */
const header = (headers, name) => headers?.[name] ?? '';

const micros = (ms = 0) => String(Math.round(ms * 1000));

const word = (text) => (text ? encodeURIComponent(text) : '-');

/** k6's counters, as the last line on stdout. An iteration that was interrupted is in none of the first two. */
export function handleSummary({ metrics }) {
  const count = (name) => (metrics[name] ? metrics[name].values.count : 0);
  const counters = {
    iterations: count('iterations'),
    requests: count('http_reqs'),
    dropped: count('dropped_iterations'),
  };
  return { stdout: `${JSON.stringify({ rollproof: 'summary', ...counters })}\n` };
}
