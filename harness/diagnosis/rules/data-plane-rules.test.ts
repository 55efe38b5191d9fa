import { describe, expect, test } from 'vitest';
import type { PodLife } from '../../history/pod-lives.ts';
import { s } from '../../history/testing/build.ts';
import type { RequestSeen } from '../../history/types.ts';
import type { Context } from '../context.ts';
import type { Drop } from '../drop.ts';
import type { Place } from '../locate.ts';
import { type Instants, podAt, refused } from '../testing/told.ts';
import { DATA_PLANE } from './data-plane.ts';

/** Each rule by itself, of a drop that is written down. */

/** Refused from 15 to 15.1. */
const request = (more: Partial<RequestSeen> = {}) => refused(15, 15.1, more);
const pod = (instants: Instants = {}, more: Partial<PodLife> = {}) =>
  podAt(instants, { labels: { track: 'blue' }, ...more });

const place = (of: PodLife, by: Place['by'] = 'the only pod that it can have been'): Place => ({
  pod: of,
  by,
  sure: false,
});
const STALE = 'an older connection from its port, which was reset';

interface Told {
  request?: RequestSeen;
  phase?: Drop['phase'];
  place?: Place | undefined;
  pods?: PodLife[];
  switches?: [at: number, track: string][];
  endpoints?: [at: number, ready: number][];
  /** The node tracked all connections, and this one has no entry. */
  turnedAway?: boolean;
  localTraffic?: 'internalTrafficPolicy' | 'externalTrafficPolicy';
  headless?: boolean;
  fromOutside?: boolean;
}
function holds(rule: keyof typeof DATA_PLANE, told: Told): boolean {
  const { phase = 'connect', switches = [], endpoints = [[0, 3]], headless = false, fromOutside = false } = told;
  const context = {
    proxied: false,
    pods: told.pods ?? [],
    fromOutside,
    flows: { whole: told.turnedAway ?? false, of: () => [] },
    endpoints: endpoints.map(([t, ready]) => ({ t: s(t), ready })),
    service: {
      headless,
      switches: switches.map(([t, track]) => ({ t: s(t), selector: { track } })),
      ...(told.localTraffic === undefined ? {} : { localTraffic: told.localTraffic }),
    },
  } as unknown as Context;
  return DATA_PLANE[rule]({ request: told.request ?? request(), phase, place: told.place, context } as Drop);
}

describe('endpoint-lag', () => {
  const ENDED = { deleted: 12, endpointRemoved: 12.1, exit: 14 };
  const lag = (told: Told & { instants?: Instants; more?: Partial<PodLife> } = {}) =>
    holds('endpoint-lag', { place: place(pod(told.instants ?? ENDED, told.more)), ...told });
  test('sent to a pod that had left the slice, and had ended', () => {
    expect(lag()).toBe(true);
    expect(lag({ request: request({ t: s(12.1) }) })).toBe(true);
    expect(lag({ request: request({ t: s(12.09) }) })).toBe(false);
    expect(lag({ request: request({ end: s(13.8) }) })).toBe(true);
    expect(lag({ request: request({ end: s(13.79) }) })).toBe(false);
  });
  test('not one that was never taken out, has not ended, or was not being deleted', () => {
    expect(lag({ instants: { deleted: 12, exit: 14 } })).toBe(false);
    expect(lag({ instants: { deleted: 12, endpointRemoved: 12.1 } })).toBe(false);
    expect(lag({ instants: { endpointRemoved: 12.1, exit: 14 } })).toBe(false);
  });
  test('nor one that ended before it was deleted: no wait would have helped', () => {
    const deletedAt = (deleted: number) => lag({ instants: { ...ENDED, deleted } });
    expect([deletedAt(16), deletedAt(16.01)]).toEqual([true, false]);
  });
  test('one that broke down is only to blame where nobody listened any more', () => {
    const broken = (phase: Drop['phase']) => lag({ phase, more: { oomKilled: true } });
    expect([broken('connect'), broken('request')]).toEqual([true, false]);
    expect(lag({ phase: 'request' })).toBe(true);
  });
  test('no proxy chooses anew for a kept connection, an answer or what followed an older connection', () => {
    expect(lag({ request: request({ reused: true }) })).toBe(false);
    expect(lag({ phase: 'answer' })).toBe(false);
    expect(lag({ place: place(pod(ENDED), STALE) })).toBe(false);
    expect(holds('endpoint-lag', {})).toBe(false);
  });
});

test('stale-flow: it followed an older connection', () => {
  expect(holds('stale-flow', { place: place(pod(), STALE) })).toBe(true);
  expect(holds('stale-flow', { place: place(pod()) })).toBe(false);
  expect(holds('stale-flow', {})).toBe(false);
});

describe('switch-before-ready', () => {
  const EMPTY: [number, number][] = [
    [0, 3],
    [12, 0],
  ];
  const switched = (told: Told) =>
    holds('switch-before-ready', { switches: [[12, 'green']], endpoints: EMPTY, ...told });
  test('refused within a minute of a switch, while nothing was ready', () => {
    expect(switched({})).toBe(true);
    expect(switched({ endpoints: [[0, 3]] })).toBe(false);
    expect(switched({ phase: 'request' })).toBe(false);
    expect(switched({ request: request({ errorCode: 1101 }) })).toBe(false);
  });
  test('by the last switch before it', () => {
    const at = (...instants: number[]) => switched({ switches: instants.map((t) => [t, 'green']) });
    expect([at(), at(15), at(15.01), at(-60, 12), at(12, 16)]).toEqual([false, true, false, true, true]);
    // Where the Service has been empty since the switch, for a minute.
    const late = (t: number) => switched({ request: request({ t: s(t), end: s(t + 0.1) }) });
    expect([late(71.99), late(72)]).toEqual([true, false]);
  });
  test('not what empties it more than five seconds after the switch: a probe, a crash', () => {
    const at = (instant: number) => switched({ switches: [[instant, 'green']] });
    expect([at(7), at(7.01)]).toEqual([false, true]);
  });
  test('turned away while the slice had been empty shortly before: a proxy may go on as if it were', () => {
    const empty = (from: number, to: number, switchedAt = 12) =>
      switched({
        turnedAway: true,
        switches: [[switchedAt, 'green']],
        endpoints: [
          [0, 3],
          [from, 0],
          [to, 3],
        ],
        request: request({ t: s(30), end: s(30.1) }),
      });
    expect([empty(12, 15), empty(12, 14.99), empty(31, 32)]).toEqual([true, false, false]);
    // Just then, it may have come too early for the slice.
    expect([empty(30, 31, 25.01), empty(30, 31, 25)]).toEqual([true, false]);
    const shortly = {
      endpoints: [
        [0, 3],
        [12, 0],
        [16, 3],
      ] as [number, number][],
      request: request({ t: s(30), end: s(30.1) }),
    };
    expect(switched({ ...shortly, turnedAway: true })).toBe(true);
    expect(switched(shortly)).toBe(false);
    expect(switched({ ...shortly, turnedAway: true, place: place(pod()) })).toBe(true);
    expect(switched({ ...shortly, turnedAway: true, place: place(pod(), STALE) })).toBe(false);
  });
});

describe('blue-removed-too-soon', () => {
  const BLUE = { deleted: 13, sigterm: 13.1, exit: 15.1 };
  const removed = (told: Told & { instants?: Instants; labels?: Record<string, string> } = {}) =>
    holds('blue-removed-too-soon', {
      switches: [[12, 'green']],
      phase: 'request',
      place: place(pod(told.instants ?? BLUE, told.labels && { labels: told.labels })),
      ...told,
    });
  const kept = (begin: number, end: number) => request({ t: s(begin), end: s(end), reused: true });
  test('lost as a pod ended that the switch had left', () => {
    expect(removed()).toBe(true);
    expect(removed({ labels: { track: 'green' } })).toBe(false);
    expect(removed({ labels: { track: 'green', more: 'x' } })).toBe(false);
    expect(removed({ labels: {} })).toBe(true);
    expect(removed({ instants: { ...BLUE, exit: 20 } })).toBe(false);
  });
  test('having been deleted after the switch', () => {
    expect(removed({ instants: { ...BLUE, deleted: 12 } })).toBe(true);
    expect(removed({ instants: { ...BLUE, deleted: 11.99 } })).toBe(false);
    expect(removed({ instants: { sigterm: 13.1, exit: 15.1 } })).toBe(false);
    expect(removed({ switches: [] })).toBe(false);
    expect(removed({ switches: [[15.2, 'green']] })).toBe(false);
  });
  test('on a kept connection, from SIGTERM to its end: it closes one after the other', () => {
    const lost = (begin: number, end: number, instants: Instants = { ...BLUE, exit: 20 }) =>
      removed({ request: kept(begin, end), instants });
    expect([lost(13, 13.1), lost(13, 13.09), lost(20, 24), lost(20.01, 24)]).toEqual([true, false, true, false]);
    expect(lost(13, 14, { deleted: 13, sigterm: 13.1 })).toBe(false);
    expect(lost(13, 13.05, { deleted: 13, exit: 20 })).toBe(true);
  });
  test('nothing else of it', () => {
    expect(removed({ phase: 'answer' })).toBe(false);
    expect(removed({ place: place(pod(BLUE), STALE) })).toBe(false);
    expect(removed({ place: undefined })).toBe(false);
  });
});

describe('local-traffic-policy', () => {
  const local = (told: Told) =>
    holds('local-traffic-policy', {
      localTraffic: 'internalTrafficPolicy',
      request: request({ errorCode: 1211 }),
      ...told,
    });
  test('let through to nobody, or dropped in silence, where the Service asks for pods of the same node', () => {
    expect(local({})).toBe(true);
    expect(local({ request: request({ errorCode: 1050 }) })).toBe(true);
    expect(local({ request: request() })).toBe(false);
    expect(holds('local-traffic-policy', { request: request({ errorCode: 1211 }) })).toBe(false);
    expect(local({ phase: 'request' })).toBe(false);
    expect(local({ place: place(pod()) })).toBe(false);
  });
  test('the external policy is about what comes from outside', () => {
    const external = { localTraffic: 'externalTrafficPolicy' } as const;
    expect(local(external)).toBe(false);
    expect(local({ ...external, fromOutside: true })).toBe(true);
  });
});

describe('headless-dns', () => {
  const dns = (told: Told & { exit?: number }) =>
    holds('headless-dns', { headless: true, pods: [pod(told.exit === undefined ? {} : { exit: told.exit })], ...told });
  test('to a pod that had ended a minute before at most, or to a name without an address', () => {
    expect([dns({ exit: 15.1 }), dns({ exit: 15.11 }), dns({ exit: -45 }), dns({ exit: -45.01 }), dns({})]).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
    expect(dns({ request: request({ errorCode: 1101 }) })).toBe(true);
  });
  test('of a Service without an address of its own, where no connection came about', () => {
    expect(dns({ exit: 15, headless: false })).toBe(false);
    expect(dns({ exit: 15, phase: 'request' })).toBe(false);
  });
});
