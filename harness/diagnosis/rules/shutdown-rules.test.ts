import { describe, expect, test } from 'vitest';
import type { PodLife } from '../../history/pod-lives.ts';
import { s } from '../../history/testing/build.ts';
import type { FlowSeen, RequestSeen } from '../../history/types.ts';
import type { Context } from '../context.ts';
import type { Drop } from '../drop.ts';
import type { Place } from '../locate.ts';
import { type Instants, NO_TIME, podAt, refused } from '../testing/told.ts';
import { SHUTDOWN } from './shutdown.ts';

/** Each rule by itself, of a drop that is written down. Instants in seconds. */

interface Pod extends Instants {
  /** Whether its first process has a handler for SIGTERM; undefined where nobody looked. */
  catches?: boolean | undefined;
  hasPreStop?: boolean;
  exitCode?: number;
  oomKilled?: boolean;
}
/** Deleted at 10, out of the slice at 10.1, told to end at 12, and gone at 20. */
const pod = ({ catches, hasPreStop = false, exitCode = 0, oomKilled = false, ...at }: Pod = {}): PodLife =>
  podAt(
    { seen: 1, endpointReady: 2, deleted: 10, endpointRemoved: 10.1, sigterm: 12, exit: 20, ...at },
    {
      owner: 'web-a',
      serving: 'app',
      exitCode,
      hasPreStop,
      processes: new Map(catches === undefined ? [] : [['app', { command: 'app', catchesSigterm: catches }]]),
      ...(oomKilled ? { oomKilled } : {}),
    },
  );
const AT_ONCE = { exit: 12.1 };
const KILLED = { sigkill: 20, exitCode: 137 };

const CONNECTED = { ...NO_TIME, connecting: 0.2 };
/** On a connection that came about. */
const reset = (from: number, to: number, more: Partial<RequestSeen> = {}) =>
  refused(from, to, { errorCode: 1220, phases: CONNECTED, ...more });
const kept = (from: number, to: number, more: Partial<RequestSeen> = {}) => reset(from, to, { reused: true, ...more });

interface Told {
  request?: RequestSeen;
  phase?: Drop['phase'];
  place?: Pod | undefined;
  by?: Place['by'];
  /** When the pod answered: on a new connection, or (negative) on a kept one. */
  answers?: number[];
  handled?: boolean;
  closedAlive?: boolean;
  missed?: boolean;
  hookFailed?: boolean;
  namesPods?: boolean;
  letGo?: boolean;
  /** Ready endpoints, all along. */
  endpoints?: number;
  /** The selector is switched away from it at that instant. */
  switched?: number;
  /** When its connection to the pod, or to another one, was opened. */
  opened?: [at: number, here: boolean];
}
function holds(rule: keyof typeof SHUTDOWN, told: Told): boolean {
  const { request = reset(11, 20), phase = 'request', by = 'the answer', answers = [] } = told;
  const one = told.place === undefined && 'place' in told ? undefined : pod(told.place);
  const failed = { reason: 'FailedPreStopHook', about: 'a1', t: s(11), container: 'app', message: '' };
  const context = {
    proxied: false,
    namesPods: told.namesPods ?? true,
    pods: one === undefined ? [] : [one],
    answers: new Map([
      ['a1', answers.map((at) => ({ t: s(Math.abs(at)), end: s(Math.abs(at) + 0.01), reused: at < 0 }))],
    ]),
    handledBy: new Map(told.handled ? [[request.request, []]] : []),
    events: told.hookFailed ? [failed] : [],
    endpoints: [{ t: s(-100), ready: told.endpoints ?? 3 }],
    service: { switches: told.switched === undefined ? [] : [{ t: s(told.switched), selector: { track: 'green' } }] },
    letGo: () => told.letGo ?? false,
    flows: {
      of: () => (told.opened === undefined ? [] : [{ t: s(told.opened[0]) } as FlowSeen]),
      podOf: () => (told.opened?.[1] ? one : undefined),
    },
  } as unknown as Context;
  const owners = (has: boolean | undefined) => new Set(has ? ['web-a'] : []);
  const facts = { closedAlive: owners(told.closedAlive), missed: owners(told.missed), cutInFlight: new Set() };
  const place = one && { pod: one, by, sure: true };
  return SHUTDOWN[rule]({ request, phase, place, context, facts } as unknown as Drop);
}
const STALE = 'an older connection from its port, which was reset';

describe('all of them need a pod that was deleted, and its end', () => {
  const ignored = (told: Told) =>
    holds('sigterm-ignored', { ...told, place: { ...KILLED, catches: false, ...told.place } });
  test('known, by the runtime or by what the API says', () => {
    expect(ignored({})).toBe(true);
    expect(holds('sigterm-ignored', { place: undefined })).toBe(false);
    expect(ignored({ by: STALE })).toBe(false);
    expect(ignored({ place: { exit: undefined } })).toBe(false);
    expect(ignored({ place: { deleted: undefined } })).toBe(false);
  });
  test('one that broke down at that instant did not end: it crashed', () => {
    const lost = (to: number) =>
      holds('keepalive-cut', { place: { oomKilled: true }, phase: 'reused', request: kept(13, to) });
    expect([lost(20), lost(15)]).toEqual([false, true]);
  });
});

describe('killed at the end of its grace', () => {
  const rules = (told: Told & { pod?: Pod }) =>
    (['sigterm-ignored', 'grace-too-short'] as const).filter((rule) =>
      holds(rule, { ...told, place: { ...KILLED, ...told.pod } }),
    );
  test('deaf to SIGTERM, or not done by then', () => {
    expect(rules({ pod: { catches: false } })).toEqual(['sigterm-ignored']);
    expect(rules({ pod: { catches: true } })).toEqual(['grace-too-short']);
    expect(rules({ pod: { catches: true, sigkill: undefined, exitCode: 0 } })).toEqual([]);
  });
  test('what was cut by it, and no answer', () => {
    const cut = (to: number) => rules({ pod: { catches: true }, request: reset(11, to) }).length;
    expect([cut(19.7), cut(19.69), cut(20.3), cut(20.31)]).toEqual([1, 0, 1, 0]);
    expect(rules({ pod: { catches: true }, phase: 'answer' })).toEqual([]);
    expect(rules({ pod: { catches: false }, phase: 'answer' })).toEqual([]);
    expect(rules({ pod: { catches: true }, request: reset(11, 20, { lane: 'stream' }) })).toEqual([]);
  });
  test('where nobody looked at its process: deaf is who goes on answering through the second half of its grace', () => {
    expect(rules({})).toEqual(['grace-too-short']);
    expect(rules({ answers: [16] })).toEqual(['sigterm-ignored']);
    expect(rules({ answers: [-16] })).toEqual(['sigterm-ignored']);
    expect(rules({ answers: [15.99] })).toEqual(['grace-too-short']);
    // A handler that is there excuses kept connections only.
    expect(rules({ pod: { catches: true }, answers: [-16] })).toEqual(['grace-too-short']);
    expect(rules({ pod: { catches: true }, answers: [16] })).toEqual(['sigterm-ignored']);
  });
  test('a kept connection that it answered on to its last: more grace would be no help', () => {
    const toItsLast = (more: Told = {}) =>
      rules({ pod: { catches: true }, phase: 'reused', request: kept(19, 20), answers: [-16], ...more });
    expect(toItsLast()).toEqual([]);
    expect(toItsLast({ phase: 'request' })).toEqual(['grace-too-short']);
    expect(toItsLast({ letGo: true })).toEqual(['grace-too-short']);
  });
});

describe('exits-without-draining', () => {
  const exits = (told: Told & { pod?: Pod } = {}) =>
    holds('exits-without-draining', { request: reset(11, 12.1), ...told, place: { ...AT_ONCE, ...told.pod } });
  test('its process is gone as soon as it is told to end', () => {
    expect(exits()).toBe(true);
    expect([12.69, 12.7].map((exit) => exits({ pod: { exit } }))).toEqual([true, false]);
    expect(exits({ pod: { exit: 12.1, sigkill: 12.1 } })).toBe(false);
    expect([11.8, 11.79].map((to) => exits({ request: reset(11, to) }))).toEqual([true, false]);
    expect(exits({ phase: 'answer' })).toBe(false);
  });
  test('not where others of its template closed their listener and lived on, or where its hook failed', () => {
    expect(exits({ closedAlive: true })).toBe(false);
    expect(exits({ hookFailed: true })).toBe(false);
  });
  test('idle connections go with any process: one on which something was at work, or beside other losses', () => {
    const idle = (more: Told = {}) => exits({ phase: 'reused', request: kept(12, 12.1), ...more });
    expect([idle(), idle({ handled: true }), idle({ missed: true })]).toEqual([false, true, true]);
  });
  test('refused, unless a hook had it wait until it was long out of the slice', () => {
    const connect = (place: Pod) => exits({ phase: 'connect', request: refused(13, 13.1), pod: place });
    expect(connect({})).toBe(true);
    const waited = (endpointRemoved?: number) => connect({ hasPreStop: true, endpointRemoved });
    expect([waited(10.99), waited(11), waited()]).toEqual([false, true, true]);
    expect(exits({ phase: 'request', pod: { hasPreStop: true } })).toBe(true);
  });
  test('nor for want of another: no pod was ready, now and shortly before', () =>
    expect(exits({ endpoints: 0 })).toBe(false));
});

describe('listener-closed-early', () => {
  const closed = (told: Told & { pod?: Pod } = {}) =>
    holds('listener-closed-early', { phase: 'connect', request: refused(13, 13.1), ...told, place: { ...told.pod } });
  test('refused from SIGTERM on, while its process lived', () => {
    expect(closed()).toBe(true);
    const at = (from: number, to = from + 0.01) => closed({ request: refused(from, to) });
    expect([at(11.8), at(11.79), at(19, 19.99), at(19, 20)]).toEqual([true, false, true, false]);
    expect(closed({ request: refused(13, 13.1, { errorCode: 1211 }) })).toBe(false);
    expect(closed({ request: refused(13, 13.1, { errorCode: 1050 }) })).toBe(false);
    expect(closed({ phase: 'reused' })).toBe(false);
  });
  test('where it ends at once, as others of its template do that closed theirs and lived on', () => {
    const gone = (more: Told) => closed({ ...more, pod: { ...AT_ONCE } });
    expect([gone({}), gone({ closedAlive: true })]).toEqual([false, true]);
    // One that took its time was still there.
    expect(closed({ request: refused(20.1, 20.2), closedAlive: true })).toBe(false);
  });
  test('not long after it was out, where its hook failed, or for want of another', () => {
    expect(closed({ pod: { hasPreStop: true, endpointRemoved: 10.9 } })).toBe(false);
    expect(closed({ hookFailed: true })).toBe(false);
    expect(closed({ endpoints: 0 })).toBe(false);
  });
  test('what nobody had accepted yet is reset as it is closed', () => {
    const left = (to: number, more: Told & { pod?: Pod } = {}) =>
      closed({ phase: 'request', request: reset(11, to), closedAlive: true, ...more });
    expect([left(12), left(11.8), left(11.79), left(12.69), left(12.7)]).toEqual([true, true, false, true, false]);
    expect([12.3, 12.31].map((exit) => left(12.3, { pod: { exit } }))).toEqual([false, true]);
    expect(left(12, { closedAlive: false })).toBe(false);
    expect(left(12, { handled: true })).toBe(false);
    expect(left(12, { phase: 'reused' })).toBe(false);
    expect(left(12, { pod: { exit: undefined, finished: 20 } })).toBe(false);
  });
});

describe('accept-loop-blocked', () => {
  const blocked = (told: Told & { pod?: Pod } = {}) =>
    holds('accept-loop-blocked', { request: reset(13, 20), ...told, place: { catches: true, ...told.pod } });
  test('it lived on after SIGTERM, answered nothing that began half a second after it, and waited until it was gone', () => {
    expect(blocked()).toBe(true);
    expect([12.5, 12.49, 20, 20.01].map((at) => blocked({ answers: [at] }))).toEqual([false, true, false, true]);
    expect([12.7, 12.69].map((exit) => blocked({ pod: { exit }, request: reset(12.5, exit) }))).toEqual([true, false]);
    expect(blocked({ namesPods: false })).toBe(false);
    expect([blocked({ handled: true }), blocked({ phase: 'answer' }), blocked({ phase: 'response' })]).toEqual([
      false,
      false,
      false,
    ]);
  });
  test('sent in the last second before SIGTERM, or later: what was sent before was being worked on', () => {
    const sent = (from: number) => blocked({ request: reset(from, 20) });
    expect([sent(11), sent(10.99), sent(20), sent(20.01)]).toEqual([true, false, true, false]);
    // It was sent to another pod first.
    expect(blocked({ request: reset(9, 20), opened: [11, true] })).toBe(true);
    expect(blocked({ request: reset(9, 20), opened: [11, false] })).toBe(false);
  });
  test('killed at last: only what came after SIGTERM, and only where it is not deaf', () => {
    const kill = (from: number, catches = true) => blocked({ pod: { ...KILLED, catches }, request: reset(from, 20) });
    expect([kill(11.8), kill(11.79), kill(13, false)]).toEqual([true, false, false]);
  });
  test('it hung until the process was gone, was left in its queue, or as long as its client had patience', () => {
    expect([19.7, 19.69].map((to) => blocked({ request: reset(13, to) }))).toEqual([true, false]);
    expect(blocked({ request: reset(13, 15, { errorCode: 1050 }) })).toBe(true);
    expect(blocked({ request: reset(13, 25) })).toBe(true);
    expect(blocked({ request: reset(13, 25, { phases: NO_TIME }) })).toBe(false);
    const connect = (to: number, errorCode = 1212) =>
      blocked({ phase: 'connect', request: refused(13, to, { errorCode }) });
    expect([connect(19.8), connect(19.79), connect(15, 1211), connect(15, 1050)]).toEqual([true, false, true, true]);
    expect(blocked({ request: reset(11, 11.79, { errorCode: 1050 }) })).toBe(false);
    expect(blocked({ request: reset(11, 11.8, { errorCode: 1050 }) })).toBe(true);
  });
});

describe('prestop-failed', () => {
  const failed = (told: Told = {}) =>
    holds('prestop-failed', { hookFailed: true, request: reset(11, 12.1), place: AT_ONCE, ...told });
  test('the kubelet said so, and nothing waited before SIGTERM', () => {
    expect(failed()).toBe(true);
    expect(failed({ hookFailed: false })).toBe(false);
    expect(failed({ phase: 'answer' })).toBe(false);
    expect([11.8, 11.79].map((to) => failed({ request: reset(11, to) }))).toEqual([true, false]);
  });
});

describe('kept connections', () => {
  const rules = (told: Told & { pod?: Pod } = {}) =>
    (['keepalive-cut', 'keepalive-pinned'] as const).filter((rule) =>
      holds(rule, { phase: 'reused', request: kept(13, 13.1), ...told, place: { ...told.pod } }),
    );
  test('closed under its client from SIGTERM on', () => {
    expect(rules()).toEqual(['keepalive-cut']);
    const at = (from: number, to: number, more: Partial<RequestSeen> = {}) =>
      rules({ request: kept(from, to, more) }).length;
    expect([at(11, 11.8), at(11, 11.79), at(10.99, 12), at(20.2, 20.3), at(20.21, 20.3)]).toEqual([1, 0, 0, 1, 0]);
    expect(at(13, 13.1, { errorCode: 1050 })).toBe(0);
    expect(rules({ request: kept(9, 13), opened: [11, true] })).toEqual(['keepalive-cut']);
    expect(rules({ phase: 'request' })).toEqual([]);
    expect(rules({ handled: true })).toEqual([]);
  });
  test('pinned: it answered on kept ones long after it had left the slice, and after SIGTERM', () => {
    const answered = (at: number, more: Told & { pod?: Pod } = {}) => rules({ answers: [at], ...more })[0];
    expect([answered(-13.11), answered(-13.1), answered(13.5)]).toEqual([
      'keepalive-pinned',
      'keepalive-cut',
      'keepalive-cut',
    ]);
    const late = { pod: { sigterm: 12.7 } };
    expect([answered(-13.21, late), answered(-13.2, late)]).toEqual(['keepalive-pinned', 'keepalive-cut']);
    expect(answered(-15, { letGo: true })).toBe('keepalive-cut');
    const never = { pod: { endpointRemoved: undefined } };
    expect(answered(-15, never)).toBe('keepalive-cut');
    expect(rules({ answers: [-15], handled: true })).toEqual(['keepalive-pinned']);
    expect(rules({ answers: [-15], request: kept(11, 11.79) })).toEqual([]);
  });
  test('blue that was removed too soon is to blame for its haste, unless it had all of its grace', () => {
    expect(rules({ switched: 9 })).toEqual([]);
    expect(rules({ switched: 9, answers: [-15] })).toEqual([]);
    expect(rules({ switched: 9, answers: [-15], pod: KILLED })).toEqual(['keepalive-pinned']);
    expect(rules({ switched: 11 })).toEqual(['keepalive-cut']);
  });
});

describe('stream-cut', () => {
  const cut = (told: Told = {}, to = 20) =>
    holds('stream-cut', { request: reset(5, to, { lane: 'stream' }), phase: 'response', ...told });
  test('a stream that ends with its pod', () => {
    expect([cut(), cut({ phase: 'request' }), cut({ phase: 'reused' }), cut({ phase: 'answer' })]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([cut({}, 19.7), cut({}, 19.69)]).toEqual([true, false]);
    expect(cut({ request: reset(5, 20, { lane: 'slow' }) })).toBe(false);
  });
});
