import type { LanePlan } from '../history/types.ts';

/** What k6/rollproof.js is told through its environment. */
export interface LaneScript {
  name: string;
  /** Scheme, host and port. */
  origin: string;
  path: string;
  /** A script of one's own makes the requests. */
  own?: true;
  method: string;
  connection: 'new' | 'reused';
  body?: string;
  headers?: Record<string, string>;
  /** A text that a good answer has in its body. */
  wanted?: string;
  /** Whole requests in each `timeUnit`, a duration as k6 writes it. */
  rate: number;
  timeUnit: string;
  timeoutMs: number;
  preAllocatedVUs: number;
  maxVUs: number;
  /** Added to the number of each VU, in the ids of requests: several k6 of one lane would make the same ones. */
  firstVu: number;
  /** Its clock is another than the harness's: it tells the time before it begins. */
  tellsTime?: true;
  /** Nobody vouches for the certificate. */
  insecure?: true;
  /** How many of the pre-allocated VUs close their connection after each request. */
  reserve: number;
  maxSeconds: number;
}

export interface LaneTarget {
  url: string;
  /** Path of a k6 script of one's own, which makes the requests of the lane. */
  script?: string;
  lane: LanePlan;
  timeoutMs: number;
  /** Of POSTs. Default: a small JSON object. */
  body?: string;
  /** On every request, beside our own. */
  headers?: Record<string, string>;
  /** A text that a good answer has in its body. */
  wanted?: string;
  /** Nobody vouches for its certificate. */
  insecure?: true;
}

/** One of several k6 that share a lane: its rate, and its connections. */
export interface Share {
  index: number;
  of: number;
}

/** So many VUs no k6 has. */
const VUS_EACH = 100_000;

/** Which of the k6 that share a lane a script is for. */
export const indexOf = ({ firstVu }: Pick<LaneScript, 'firstVu'>): number => firstVu / VUS_EACH;

/** A lane that is never stopped ends by itself after this; the longest scenario is far shorter. */
const MAX_SECONDS = 6 * 3600;

/** A VU costs 125 KB and 0.7 ms of start-up; one that k6 has to add in mid-run costs an iteration that is not started. */
const NEW_VUS = { least: 100, most: 600, ceiling: 2000 };

/** So many requests may be in flight in a lane of new connections without an iteration that is not started. */
export const MOST_AT_ONCE = NEW_VUS.most;

/** What a VU takes beyond its request's time-out, to write its record down. */
const BOOKING_MS = 250;

/** Requests in flight when every one of them hangs until its time-out. */
export const inFlight = (rate: number, timeoutMs: number): number =>
  Math.ceil((rate * (timeoutMs + BOOKING_MS)) / 1000);

export function laneScript(target: LaneTarget, share: Share = { index: 0, of: 1 }): LaneScript {
  const { timeoutMs, body, headers, wanted, insecure } = target;
  const { origin, pathname, search } = new URL(target.url);
  const lane = shareOf(target.lane, share);
  const { name, method, connection } = lane;
  const post = method === 'POST' ? { body: body ?? '{"from":"rollproof"}' } : {};
  return {
    name,
    origin,
    path: `${pathname}${search}`,
    ...(target.script === undefined ? {} : { own: true as const }),
    method,
    connection,
    ...post,
    ...(headers === undefined ? {} : { headers }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(insecure === undefined ? {} : { insecure }),
    firstVu: share.index * VUS_EACH,
    ...arrivals(lane.rate),
    timeoutMs,
    ...users(lane, timeoutMs),
    maxSeconds: MAX_SECONDS,
  };
}

function shareOf(lane: LanePlan, { of }: Share): LanePlan {
  const { connections } = lane;
  if (of === 1) return lane;
  return {
    ...lane,
    rate: lane.rate / of,
    ...(connections === undefined ? {} : { connections: Math.ceil(connections / of) }),
  };
}

/** k6 takes whole numbers only: one request in each of the longer units, then. */
function arrivals(rate: number): Pick<LaneScript, 'rate' | 'timeUnit'> {
  if (Number.isInteger(rate)) return { rate, timeUnit: '1s' };
  return { rate: 1, timeUnit: `${Math.round(1e6 / rate) / 1000}ms` };
}

/**
 * k6 has one connection pool for each VU and hands iterations to the VU that has been idle longest, so that a kept
 * lane's number of VUs is its number of connections and each is used every connections/rate seconds.
 */
function users(lane: LanePlan, timeoutMs: number): Pick<LaneScript, 'preAllocatedVUs' | 'maxVUs' | 'reserve'> {
  if (lane.connection === 'new') {
    const most = inFlight(lane.rate, timeoutMs);
    const preAllocatedVUs = Math.min(Math.max(most, NEW_VUS.least), NEW_VUS.most);
    return { preAllocatedVUs, maxVUs: Math.max(preAllocatedVUs, Math.min(most, NEW_VUS.ceiling)), reserve: 0 };
  }
  const connections = lane.connections ?? Math.max(4, Math.ceil(lane.rate / 2));
  const reserve = reserveFor(connections);
  return { preAllocatedVUs: connections + reserve, maxVUs: 2 * connections + reserve, reserve };
}

/** A tenth: that share of a kept lane's requests is marked as fresh, and judges nothing there. */
const reserveFor = (connections: number) => Math.max(2, Math.ceil(connections / 10));
