import type { LaneName, Nanos, NewObservation, RequestSeen } from '../history/types.ts';

/** What one line of a lane's output says. Pure: the same line gives the same answer. */
export type LaneLine =
  | { type: 'request'; seq: number; user: number; request: NewRequest }
  /** k6's own line about a request that failed; it comes before that request's record. */
  | { type: 'failure'; request: string; localPort?: number }
  /** k6 cut the request off because it was told to stop: it says nothing of the service. */
  | { type: 'cut'; seq: number }
  /** What time it is where k6 runs, milliseconds since 1970. */
  | { type: 'time'; unixMs: number }
  | { type: 'summary'; iterations: number; dropped: number }
  | { type: 'warning'; text: string }
  | { type: 'nothing' }
  | { type: 'unreadable' };

export type NewRequest = Extract<NewObservation, { type: 'request' }>;

export interface LaneClock {
  now(): Nanos;
  toNanos(unixMs: number): Nanos;
}

export function readLine(line: string, clock: Pick<LaneClock, 'toNanos'>): LaneLine {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch {
    return { type: 'unreadable' };
  }
  if (entry === null || typeof entry !== 'object') return { type: 'unreadable' };
  if (entry.rollproof === 'summary') return summary(entry);
  if (typeof entry.msg !== 'string') return { type: 'unreadable' };
  if (entry.source === 'console') return record(entry.msg, clock);
  if (entry.msg === 'Request Failed') return failure(String(entry.error ?? ''));
  if (entry.level === 'info' || STOPPED_BY_US.test(entry.msg)) return { type: 'nothing' };
  return { type: 'warning', text: entry.error === undefined ? entry.msg : `${entry.msg}: ${entry.error}` };
}

const STOPPED_BY_US = /aborted because k6 received a '(terminated|interrupt)' signal|stopped from (the )?REST API/;

function summary({ iterations, dropped }: Record<string, unknown>): LaneLine {
  if (typeof iterations !== 'number' || typeof dropped !== 'number') return { type: 'unreadable' };
  return { type: 'summary', iterations, dropped };
}

/** lane, VU, number of the iteration: "kept-post-41-8". */
const REQUEST_ID = /^(new|kept|kept-post|slow|stream|own|control)-(\d+)-(\d+)$/;

/** After "request" and the id: eight times in microseconds, three numbers, three texts. As k6/rollproof.js writes them. */
const FIELDS = { numbers: 11, texts: 3 };

function record(message: string, clock: Pick<LaneClock, 'toNanos'>): LaneLine {
  const [keyword, request = '', ...rest] = message.split(' ');
  if (keyword === 'clock' && /^\d+$/.test(request)) return { type: 'time', unixMs: Number(request) };
  const [, lane, user, seq] = REQUEST_ID.exec(request) ?? [];
  const numbers = rest.slice(0, FIELDS.numbers).map((field) => (/^-?\d+$/.test(field) ? Number(field) : Number.NaN));
  const texts = rest.slice(FIELDS.numbers).map(text);
  const whole =
    rest.length === FIELDS.numbers + FIELDS.texts && !numbers.some(Number.isNaN) && !texts.includes(undefined);
  if (keyword !== 'request' || lane === undefined || !whole) return { type: 'unreadable' };

  const [start, took, blocked, connecting, tls, sending, waiting, receiving, status, errorCode, bytes] =
    numbers as Numbers;
  const [pod, version, error] = texts as [string, string, string];
  if (error === 'context canceled') return { type: 'cut', seq: Number(seq) };
  const t = clock.toNanos(start / 1000);
  const phases = { blocked, connecting, tls, sending, waiting, receiving };
  for (const phase of Object.keys(phases) as (keyof RequestSeen['phases'])[]) phases[phase] /= 1000;
  return {
    type: 'request',
    seq: Number(seq),
    user: Number(user),
    request: {
      type: 'request',
      t,
      lane: lane as LaneName,
      request,
      end: t + took * 1000,
      phases,
      status,
      errorCode,
      error,
      pod,
      version,
      bytes,
      // `blocked` is the wait for a connection, and 0 where none was got: a refusal has neither.
      reused: connecting === 0 && blocked > 0,
    },
  };
}

type Numbers = [number, number, number, number, number, number, number, number, number, number, number];

function text(field: string): string | undefined {
  if (field === '-') return '';
  try {
    return decodeURIComponent(field);
  } catch {
    return undefined;
  }
}

/** `Get "http://10.96.0.7:80/api/data#new-41-8": read tcp 172.18.0.2:60398->10.96.0.7:80: read: connection reset by peer` */
function failure(error: string): LaneLine {
  const [, request] = /#([a-z-]+-\d+-\d+)":/.exec(error) ?? [];
  // An answer that broke off in its body is reported without its URL, hence without its id.
  if (request === undefined) return { type: 'nothing' };
  const [, port] = /:(\d+)->/.exec(error) ?? [];
  return { type: 'failure', request, ...(port === undefined ? {} : { localPort: Number(port) }) };
}
