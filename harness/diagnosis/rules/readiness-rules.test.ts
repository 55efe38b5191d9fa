import { describe, expect, test } from 'vitest';
import type { PodLife } from '../../history/pod-lives.ts';
import { s } from '../../history/testing/build.ts';
import type { RequestSeen } from '../../history/types.ts';
import type { Context } from '../context.ts';
import type { Drop } from '../drop.ts';
import type { Place } from '../locate.ts';
import { type Instants, podAt, refused } from '../testing/told.ts';
import { outage, outageBegan, READINESS, timeOuts } from './readiness.ts';

/** Each rule by itself, of a drop that is written down. Instants in seconds. */

interface Pod extends Instants {
  name?: string;
  hasReadinessProbe?: boolean;
  crashed?: number[];
  /** From when on it was called ready. */
  readyFrom?: number[];
  serving?: string;
  /** Seconds. */
  sleeps?: number;
  /** When the slice let go of it. */
  outAt?: number;
}
/** Seen at 10. */
const pod = ({
  name = 'a1',
  hasReadinessProbe = true,
  crashed = [],
  readyFrom = [],
  serving = 'app',
  sleeps,
  outAt = 19,
  ...at
}: Pod = {}) =>
  podAt(
    { seen: 10, ...at },
    {
      name,
      hasReadinessProbe,
      crashes: crashed.map((t) => ({ t: s(t), code: 1 })),
      ready: readyFrom.map((from) => ({ from: s(from), to: s(1000) })),
      serving,
      endpoint: { ready: [{ from: s(5), to: s(outAt) }], serving: [], terminating: [] },
      ...(sleeps === undefined ? {} : { preStopSleep: sleeps }),
    },
  );

/** When, and whether it was good. */
type Answered = [from: number, good: boolean, to?: number];
type Said = [at: number, reason: string, about: string, message: string];
interface Told {
  request?: RequestSeen;
  phase?: Drop['phase'];
  place?: PodLife | undefined;
  by?: Place['by'];
  pods?: PodLife[];
  answers?: Record<string, Answered[]>;
  said?: Said[];
  endpoints?: [at: number, ready: number][];
  namesPods?: boolean;
  atOdds?: boolean;
  full?: boolean;
  fullSpans?: [from: number, to: number][];
}

function contextOf({ pods = [], place, answers = {}, said = [], endpoints = [[0, 3]], ...told }: Told): Context {
  const all = place === undefined ? pods : [place, ...pods];
  return {
    pods: all,
    byName: new Map(all.map((one) => [one.name, one])),
    namesPods: told.namesPods ?? true,
    atOdds: told.atOdds ?? false,
    triggered: s(9),
    events: said.map(([t, reason, about, message]) => ({ t: s(t), reason, about, message, container: 'app' })),
    endpoints: endpoints.map(([t, ready]) => ({ t: s(t), ready })),
    answers: new Map(
      Object.entries(answers).map(([name, list]) => [
        name,
        list.map(([from, good, to = from + 0.01]) => ({ t: s(from), end: s(to), status: good ? 200 : 500 })),
      ]),
    ),
    isGood: ({ status }: RequestSeen) => status === 200,
  } as unknown as Context;
}
function holds(rule: keyof typeof READINESS, told: Told): boolean {
  const { request = refused(20, 20.1), phase = 'connect', by = 'the answer' } = told;
  return READINESS[rule]({
    request,
    phase,
    place: told.place && { pod: told.place, by, sure: true },
    context: contextOf(told),
    facts: {
      full: new Map(told.full ? [[request, 5]] : []),
      fullSpans: (told.fullSpans ?? []).map(([from, to]) => ({ from: s(from), to: s(to) })),
    },
  } as unknown as Drop);
}

describe('no-readiness-probe', () => {
  const young = (told: Told & { pod?: Pod } = {}) =>
    holds('no-readiness-probe', { place: pod({ hasReadinessProbe: false, ...told.pod }), ...told });
  const sent = (at: number) => young({ request: refused(at, at + 0.1) });
  test('before its first answer, and within two minutes of being called ready', () => {
    expect(young()).toBe(true);
    expect([sent(10), sent(9.99), sent(129.99), sent(130)]).toEqual([true, false, true, false]);
    expect(young({ answers: { a1: [[20.2, true]] } })).toBe(true);
    expect(young({ answers: { a1: [[19.99, true, 20]] } })).toBe(false);
    const called = (firstReady: number) => young({ pod: { firstReady }, request: refused(140, 140.1) });
    expect([called(20), called(20.01)]).toEqual([false, true]);
  });
  test('not with a probe, of a pod that answered it, or where nobody knows which', () => {
    expect(young({ place: pod() })).toBe(false);
    expect(young({ phase: 'answer' })).toBe(false);
    expect(young({ namesPods: false })).toBe(false);
    expect(young({ place: undefined })).toBe(false);
  });
  test('not what its end cost', () => {
    expect([20.1, 20.09].map((deleted) => young({ pod: { deleted } }))).toEqual([true, false]);
    const crash = (at: number, phase: Drop['phase'] = 'request') => young({ phase, pod: { crashed: [at] } });
    expect([crash(21.29), crash(21.31), crash(18.91), crash(18.89)]).toEqual([false, true, false, true]);
    expect(crash(20.1, 'connect')).toBe(true);
  });
});

describe('ready-before-warm', () => {
  const GOOD_SINCE: Answered[] = [30, 31, 32, 33, 34].map((at) => [at, true]);
  const BAD: Answered[] = [
    [18, false],
    [20, false],
  ];
  const warm = (told: Told & { pod?: Pod; list?: Answered[] } = {}) =>
    holds('ready-before-warm', {
      phase: 'answer',
      place: pod(told.pod),
      answers: { a1: told.list ?? [...BAD, ...GOOD_SINCE] },
      ...told,
    });
  const asked = (at: number, list?: Answered[]) => warm({ request: refused(at, at + 0.1), ...(list && { list }) });
  test('bad answers in its youth, and five good ones since', () => {
    expect(warm()).toBe(true);
    expect(warm({ list: [...BAD, ...GOOD_SINCE.slice(1)] })).toBe(false);
    expect(warm({ list: GOOD_SINCE })).toBe(false);
    expect([asked(10), asked(9.99), asked(20), asked(20.01)]).toEqual([true, false, true, false]);
    const late: Answered[] = [[131, false], ...GOOD_SINCE.map(([at]): Answered => [at + 110, true])];
    expect([asked(129.99, late), asked(130, late)]).toEqual([true, false]);
    expect(warm({ list: late, pod: { firstReady: 20 }, request: refused(131, 131.1) })).toBe(true);
  });
  test('of its answers up to the last bad one a quarter at least', () => {
    const goodBefore = (count: number): Answered[] =>
      Array.from({ length: count }, (_, i): Answered => [11 + i / 10, true]);
    expect(warm({ list: [...goodBefore(6), ...BAD, ...GOOD_SINCE] })).toBe(true);
    expect(warm({ list: [...goodBefore(7), ...BAD, ...GOOD_SINCE] })).toBe(false);
  });
  test('not without a probe, not as it is deleted, not while two versions err', () => {
    expect(warm({ pod: { hasReadinessProbe: false } })).toBe(false);
    expect([20.11, 20.1].map((deleted) => warm({ pod: { deleted } }))).toEqual([true, false]);
    expect(warm({ atOdds: true })).toBe(false);
    expect(warm({ phase: 'request' })).toBe(false);
    expect(warm({ place: undefined })).toBe(false);
  });
});

describe('settles-too-soon', () => {
  const settled = (told: Told & { pod?: Pod } = {}) =>
    holds('settles-too-soon', { place: pod({ crashed: [20], readyFrom: [12], ...told.pod }), ...told });
  test('a crash within half a minute of being called ready', () => {
    expect(settled()).toBe(true);
    const ready = (...from: number[]) => settled({ pod: { readyFrom: from } });
    expect([ready(), ready(20), ready(19.99), ready(-10), ready(-9.99), ready(-50, 15)]).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
  });
  test('what was lost as it came about, and as long as it shows', () => {
    const lost = (from: number, to: number) => settled({ request: refused(from, to) });
    expect([lost(18, 18.81), lost(18, 18.79), lost(35, 36), lost(35.01, 36)]).toEqual([true, false, true, false]);
  });
  test('of a pod of this rollout, that nobody evicted and no liveness probe killed', () => {
    expect([9, 8.99].map((seen) => settled({ pod: { seen } }))).toEqual([true, false]);
    expect(settled({ said: [[15, 'Evicted', 'a1', '']] })).toBe(false);
    expect(settled({ said: [[15, 'Evicted', 'a2', '']] })).toBe(true);
    expect(settled({ said: [[20, 'Killing', 'a1', 'Container app failed liveness probe, will be restarted']] })).toBe(
      false,
    );
    expect(settled({ place: undefined })).toBe(false);
  });
});

describe('liveness-kills-under-load', () => {
  const WORDS = 'Container app failed liveness probe, will be restarted';
  const killed = (told: Told & { at?: number; message?: string; pod?: Pod } = {}) =>
    holds('liveness-kills-under-load', {
      phase: 'request',
      place: pod({ crashed: [20], ...told.pod }),
      said: [[told.at ?? 20, 'Killing', 'a1', told.message ?? WORDS]],
      ...told,
    });
  test('the kubelet said that it kills it for that, within the grace of its end', () => {
    expect(killed()).toBe(true);
    expect([-19.99, -20, 59.99, 60].map((at) => killed({ at }))).toEqual([true, false, true, false]);
    expect(killed({ message: 'Stopping container app' })).toBe(false);
    expect(killed({ message: 'Container app failed Liveness probe' })).toBe(true);
    expect(killed({ said: [[20, 'Killing', 'a2', WORDS]] })).toBe(false);
    expect(killed({ said: [[20, 'BackOff', 'a1', WORDS]] })).toBe(false);
  });
  test('the container that serves; where that is not known, any', () => {
    expect(killed({ message: 'Container proxy failed liveness probe, will be restarted' })).toBe(false);
    expect(killed({ message: 'Container proxy failed liveness probe', pod: { serving: '' } })).toBe(true);
  });
  test('it explains the first end that came of it, and none later', () => {
    const twice = (first: number) => killed({ at: 15, pod: { crashed: [first, 40] }, request: refused(40, 40.1) });
    expect([twice(13.8), twice(13.81), twice(24), twice(45)]).toEqual([true, false, false, true]);
  });
  test('what was lost as it came about, and as long as it shows', () => {
    const lost = (from: number, to: number) => killed({ request: refused(from, to) });
    expect([lost(18, 18.81), lost(18, 18.79), lost(35, 36), lost(35.01, 36)]).toEqual([true, false, true, false]);
  });
  test('where no pod is known, any of them, for what had no connection', () => {
    const nobody = (phase: Drop['phase']) =>
      killed({ phase, place: undefined, pods: [pod({ name: 'a0' }), pod({ crashed: [20] })] });
    expect([nobody('connect'), nobody('request')]).toEqual([true, false]);
    // It is known, and was not killed.
    expect(killed({ phase: 'connect', place: pod({ name: 'a0' }), pods: [pod({ crashed: [20] })] })).toBe(false);
  });
});

describe('probe-timeout-under-load', () => {
  const TIMED_OUT = 'Readiness probe failed: Get "http://10.0.0.1/": context deadline exceeded';
  const said = (at: number, message = TIMED_OUT, about = 'a1', reason = 'Unhealthy'): Said => [
    at,
    reason,
    about,
    message,
  ];
  const WAS_READY = { endpointReady: 11 };
  const NONE: [number, number][] = [
    [0, 3],
    [19, 0],
  ];
  const probed = (told: Told & { pod?: Pod } = {}) =>
    holds('probe-timeout-under-load', {
      pods: [pod({ ...WAS_READY, ...told.pod })],
      said: [said(18)],
      endpoints: NONE,
      ...told,
    });
  test('refused while nothing was ready, of which probes had told that timed out', () => {
    expect(probed()).toBe(true);
    expect(probed({ phase: 'request' })).toBe(false);
    expect(probed({ endpoints: [[0, 3]] })).toBe(false);
    expect(probed({ said: [] })).toBe(false);
    expect(probed({ said: [said(18, 'Readiness probe failed: HTTP probe failed with statuscode: 503')] })).toBe(false);
    expect(probed({ said: [said(18, 'Liveness probe failed: context deadline exceeded')] })).toBe(false);
    expect(probed({ said: [said(18, TIMED_OUT, 'a1', 'Killing')] })).toBe(false);
    expect(probed({ said: [said(18, 'Readiness probe failed: command timed out')] })).toBe(true);
  });
  test('of a pod that had been ready, and that nobody was deleting', () => {
    expect([18, 18.01].map((endpointReady) => probed({ pod: { endpointReady } }))).toEqual([true, false]);
    expect(probed({ pods: [pod()] })).toBe(false);
    expect(probed({ said: [said(18, TIMED_OUT, 'a9')] })).toBe(false);
    expect([18, 18.01].map((deleted) => probed({ pod: { deleted, outAt: 17 } }))).toEqual([false, true]);
  });
  test('that took it out of the slice: not one that was deleted before, or that stayed', () => {
    expect([14, 14.01, 20.99, 21].map((outAt) => probed({ pod: { outAt } }))).toEqual([false, true, true, false]);
    expect([19.5, 19.51].map((deleted) => probed({ pod: { deleted } }))).toEqual([false, true]);
  });
  test('in the 35 s before the outage, or two seconds after the request began', () => {
    const long = { pod: { endpointReady: -50 } };
    expect([-16, -15.99, 22, 22.01].map((at) => probed({ ...long, said: [said(at)] }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
  test('or the last that could be heard of it: a client’s filter lets 25 through', () => {
    const heard = (count: number, more: Said[] = []) =>
      probed({
        pod: { endpointReady: -50 },
        said: [...Array.from({ length: count }, (_, i) => said(-45 + i)), ...more],
      });
    expect([heard(24), heard(25)]).toEqual([false, true]);
    // One that comes later is the last, whatever it says.
    expect(heard(25, [said(-18, 'Readiness probe failed: statuscode: 503')])).toBe(false);
    expect(heard(24, [said(-18, TIMED_OUT, 'a2')])).toBe(false);
  });
  test('no container had ended then', () => {
    const crash = (at: number) => probed({ pods: [pod(WAS_READY), pod({ name: 'a2', crashed: [at] })] });
    expect([crash(5), crash(4.99), crash(35), crash(35.01)]).toEqual([false, true, false, true]);
  });

  test('connection-limit: the same after pods had been full shortly before; or it waited in such a one itself', () => {
    const full = (...fullSpans: [number, number][]) =>
      holds('connection-limit', { pods: [pod(WAS_READY)], said: [said(18)], endpoints: NONE, fullSpans });
    expect([full(), full([18.99, 30]), full([19, 30]), full([-50, -15.99]), full([-50, -16])]).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
    expect(holds('connection-limit', { full: true, phase: 'request' })).toBe(true);
    expect(holds('connection-limit', { phase: 'connect', fullSpans: [[10, 30]] })).toBe(false);
    expect(
      holds('connection-limit', {
        pods: [pod(WAS_READY)],
        said: [said(18)],
        endpoints: NONE,
        fullSpans: [[10, 30]],
        phase: 'request',
      }),
    ).toBe(false);
  });

  test('each of them is told', () => {
    const context = contextOf({ pods: [pod(WAS_READY)], said: [said(17), said(18)], endpoints: NONE });
    expect(timeOuts({ t: s(20) }, context).map(({ t }) => t / 1e9)).toEqual([17, 18]);
  });
});

describe('an outage', () => {
  const told = (endpoints: [number, number][]) => contextOf({ endpoints });
  const some: [number, number][] = [
    [0, 3],
    [10, 0],
    [14, 2],
    [20, 0],
  ];
  test('nothing is ready as it begins, as it ends, or three seconds before', () => {
    const out = (from: number, to = from) => outage(s(from), s(to), told(some));
    expect([out(9.9), out(9.9, 10), out(10), out(13.9), out(16.9), out(17), out(17, 20)]).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
      true,
    ]);
  });
  test('began with what took the last one out; with the request where there is none', () => {
    const began = (at: number, end?: number) =>
      outageBegan(s(at), told(some), end === undefined ? undefined : s(end)) / 1e9;
    expect([began(12), began(16), began(17), began(18), began(25)]).toEqual([10, 10, 17, 18, 20]);
    expect([began(9, 9.9), began(9, 10), began(18, 21)]).toEqual([9, 10, 20]);
  });
});

describe('unready-while-draining', () => {
  const SAID_503 = { status: 503, errorCode: 1503 };
  const draining = (told: Told & { pod?: Pod } = {}) =>
    holds('unready-while-draining', {
      phase: 'answer',
      request: refused(20, 20.1, SAID_503),
      place: pod({ deleted: 19, ...told.pod }),
      ...told,
    });
  test('an error that a pod answers which is being deleted', () => {
    expect(draining()).toBe(true);
    expect([20.4, 20.41].map((deleted) => draining({ pod: { deleted } }))).toEqual([true, false]);
    expect(draining({ place: pod() })).toBe(false);
    expect([499, 500].map((status) => draining({ request: refused(20, 20.1, { status }) }))).toEqual([false, true]);
    expect(draining({ phase: 'response' })).toBe(false);
    expect(draining({ by: "the pod's log" })).toBe(false);
    expect(draining({ place: undefined })).toBe(false);
    expect(draining({ atOdds: true })).toBe(false);
  });
  test('a sleep of the kubelet’s own tells it nothing: from SIGTERM on', () => {
    const sleeping = (more: Pod) => draining({ pod: { deleted: 10, sleeps: 10, ...more } });
    expect([sleeping({ sigterm: 20.4 }), sleeping({ sigterm: 20.41 })]).toEqual([true, false]);
    expect([sleeping({ sleeps: 10.4 }), sleeping({ sleeps: 10.41 })]).toEqual([true, false]);
  });
  test('not where others err too that nobody is deleting', () => {
    const other = (at: number, more: Pod = {}, answers: Answered[] = []) =>
      draining({ pods: [pod({ name: 'a2', ...more })], answers: { a2: [...answers, [at, false]] } });
    expect([other(15.01), other(15), other(24.99), other(25)]).toEqual([false, true, false, true]);
    expect([20.01, 21.01, 21.02].map((deleted) => other(20, { deleted }))).toEqual([true, true, false]);
    // A good answer of theirs, or its own, is no error; nor are those of their youth.
    expect(draining({ pods: [pod({ name: 'a2' })], answers: { a2: [[20, true]], a1: [[20, false]] } })).toBe(true);
    const warm = [21, 22, 23, 24, 25].map((at): Answered => [at, true]);
    expect(draining({ pods: [pod({ name: 'a2' })], answers: { a2: [[20, false], ...warm] } })).toBe(true);
  });
  test('not where it erred before it was deleted', () => {
    const erred = (to: number) => draining({ answers: { a1: [[to - 0.01, false, to]] } });
    expect([erred(17.49), erred(17.5), erred(-10.99), erred(-11)]).toEqual([false, true, false, true]);
    expect(draining({ answers: { a1: [[17, true]] } })).toBe(true);
  });
});
