import { CannotRun } from '../errors.ts';
import type { LaneName, LanePlan, LoadPlan } from '../history/types.ts';
import { inFlight, MOST_AT_ONCE } from '../load/lane-script.ts';

export interface LoadSettings {
  /**
   * Requests a second in each lane but slow and stream, which have their own. Default 60: three lanes of it, and all that
   * answers them, leave a third of 2 cores free.
   */
  rate?: number;
  /** Default new, kept, kept-post; with `script` own. The control lane always runs beside them. */
  lanes?: Exclude<LaneName, 'control'>[];
  path?: string;
  /** Path of a k6 script that makes the requests of the lane own, one in each iteration. See docs/verify.md. */
  script?: string;
  /** Of the lane slow, where it is asked for. */
  slow?: HeldLane;
  /** Of the lane stream, where it is asked for. */
  stream?: HeldLane;
  /** Seconds of load on the untouched service before the transition. Default 10. */
  baselineSeconds?: number;
  /**
   * Milliseconds. Default 15,000: above the longest hang that a terminating pod of the sample services causes. Lanes slow
   * and stream have as much beyond the seconds that their answers take.
   */
  timeoutMs?: number;
  good?: [number, number][];
  /** A text that a good answer has in its body. Not of slow and stream. */
  goodBody?: string;
  /** Longest that a good answer takes, milliseconds. Not of slow and stream. */
  goodMaxMs?: number;
  /** What is called: the Service itself (the default), its port on a node, or a URL: scheme, host and port. */
  target?: LoadPlan['target'];
  /** Body of POSTs. Default: a small JSON object. It is in no record. */
  post?: string;
  /** So many k6 share each lane, each in a pod of its own: on a cluster that is there already. Default 1. */
  pods?: number;
  /** On every request but those of the control lane. They are in no record. */
  headers?: Record<string, string>;
}

/** A lane whose requests are held for seconds. Some rate × seconds of them are in flight at any moment. */
export interface HeldLane {
  /** How long an answer takes. Default 2 for slow, 8 for stream. */
  seconds?: number;
  /** Requests a second, fractions too. Default 0.5 for slow, 0.25 for stream. */
  rate?: number;
  /** Default: the sample services' endpoint for it, asked for that many seconds. */
  path?: string;
}

/** Requests a second of the control lane: enough to see a machine that stalls, too few to disturb. */
const CONTROL_RATE = 20;
/** Each used every 3 s: our own service calls none idle before 120, and a machine may stall for as long before a request is not started. */
const CONTROL_CONNECTIONS = 3 * CONTROL_RATE;

const QUICK: Record<Exclude<LaneName, 'slow' | 'stream'>, Pick<LanePlan, 'method' | 'connection' | 'path'>> = {
  new: { method: 'GET', connection: 'new' },
  kept: { method: 'GET', connection: 'reused' },
  'kept-post': { method: 'POST', connection: 'reused' },
  // What it asks for, and how, is up to the script.
  own: { method: 'GET', connection: 'reused' },
  control: { method: 'GET', connection: 'reused', path: '/api/data' },
};

/**
 * One slow request and two streams in flight: even if one pod got all of them, one of the four threads of a sample
 * service would be left to the other lanes. Measured with three pods: twice as many of each hold up 6% of the other
 * lanes' requests for more than 500 ms, these none. A stream of 8 s outlasts no sound drain.
 */
const HELD: Record<'slow' | 'stream', Required<HeldLane>> = {
  slow: { seconds: 2, rate: 0.5, path: '/api/slow' },
  stream: { seconds: 8, rate: 0.25, path: '/api/stream' },
};

/** Less than any roll takes, so that fewer requests than come in it mean that the load did not run. */
const LEAST_SECONDS = 5;

/** @throws CannotRun where a setting can't be driven. */
export function planLoad(settings: LoadSettings = {}, rateOverride?: number): LoadPlan {
  const rate = rateOverride ?? settings.rate ?? 60;
  const timeoutMs = settings.timeoutMs ?? 15_000;
  const asked = settings.lanes ?? (settings.script === undefined ? ['new', 'kept', 'kept-post'] : ['own']);
  if (asked.includes('own') && settings.script === undefined)
    throw new CannotRun('the lane own is asked for, and no script', { remedy: 'script: load.js' });
  if (!asked.includes('own') && settings.script !== undefined)
    throw new CannotRun('there is a script, but the lane own is not asked for', { remedy: 'add own to lanes' });
  for (const name of ['slow', 'stream'] as const) {
    if (settings[name] === undefined || asked.includes(name)) continue;
    throw new CannotRun(`${name} has settings, but the lane ${name} is not asked for`, {
      remedy: `add ${name} to lanes`,
    });
  }
  const lanes = asked.map((name) =>
    name === 'slow' || name === 'stream' ? held(name, settings[name], timeoutMs) : quick(name, rate),
  );
  return {
    path: settings.path ?? '/api/data',
    lanes: [...lanes, { ...quick('control', CONTROL_RATE), connections: CONTROL_CONNECTIONS }],
    timeoutMs,
    good: settings.good ?? [[200, 399]],
    ...(settings.goodBody === undefined ? {} : { goodBody: settings.goodBody }),
    ...(settings.goodMaxMs === undefined ? {} : { goodMaxMs: settings.goodMaxMs }),
    ...(settings.target === undefined || settings.target === 'service' ? {} : { target: settings.target }),
    minRequests: rate * LEAST_SECONDS,
  };
}

function quick(name: keyof typeof QUICK, rate: number): LanePlan {
  const plan = QUICK[name];
  return { name, rate, ...plan, ...(plan.connection === 'reused' ? { connections: connectionsFor(rate) } : {}) };
}

function held(name: 'slow' | 'stream', settings: HeldLane = {}, timeoutBeyondMs: number): LanePlan {
  const { seconds, rate } = { ...HELD[name], ...settings };
  for (const [field, value] of Object.entries({ seconds, rate })) {
    if (!(value > 0)) throw new CannotRun(`${name}.${field} is ${value}`, { remedy: 'it has to be above 0' });
  }
  const timeoutMs = seconds * 1000 + timeoutBeyondMs;
  const most = inFlight(rate, timeoutMs);
  if (most > MOST_AT_ONCE) {
    throw new CannotRun(
      `lane ${name}: ${rate} requests a second that may take ${timeoutMs / 1000} s are ${most} requests in flight when all hang; ${MOST_AT_ONCE} can be`,
      { remedy: `a lower ${name}.rate, or fewer ${name}.seconds` },
    );
  }
  return {
    name,
    method: 'GET',
    connection: 'new',
    rate,
    path: settings.path ?? `${HELD[name].path}?seconds=${seconds}`,
    timeoutMs,
    minRequests: Math.ceil(rate * LEAST_SECONDS),
  };
}

/**
 * Each connection is used about once a second, so that no server calls it idle; and a machine that stalls for a whole
 * second, or half of the connections hanging on terminating pods, still leaves one free for each request.
 */
const connectionsFor = (rate: number) => Math.max(4, rate);
