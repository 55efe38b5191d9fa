import { describe, expect, test } from 'vitest';
import type { PodLife } from '../history/pod-lives.ts';
import { s } from '../history/testing/build.ts';
import type { FlowSeen, RequestSeen } from '../history/types.ts';
import type { Context } from './context.ts';
import { firstSign, leftInQueue, locate, nothingReady } from './locate.ts';
import { type Instants, NO_TIME, podAt, refused as refusedFrom } from './testing/told.ts';

interface Pod extends Instants {
  name?: string;
  hasReadinessProbe?: boolean;
  crashed?: number;
}
/** There since 1, an endpoint since 2. */
const pod = ({ name = 'a1', hasReadinessProbe = true, crashed, ...instants }: Pod = {}): PodLife =>
  podAt(
    { seen: 1, endpointReady: 2, ...instants },
    {
      name,
      hasReadinessProbe,
      crashes: crashed === undefined ? [] : [{ t: s(crashed) } as PodLife['crashes'][number]],
    },
  );

/** Refused at 10. */
const refused = (more: Partial<RequestSeen> = {}) => refusedFrom(10, 10.01, more);
/** On a connection that came about, and reset at 10. */
const reset = (more: Partial<RequestSeen> = {}) =>
  refusedFrom(9, 10, { errorCode: 1220, phases: { ...NO_TIME, connecting: 0.2 }, ...more });

interface Known {
  pods?: PodLife[];
  /** By pod: when it answered on new connections, or (negative) on kept ones. */
  answers?: Record<string, number[]>;
  handledBy?: string[];
  /** Which pods its connection may have been led to. */
  tracked?: (PodLife | undefined)[];
  stale?: (PodLife | undefined)[];
  whole?: boolean;
  connectionPod?: string;
  endpoints?: [at: number, ready: number][];
  proxyForgot?: Record<string, number>;
}
function contextOf(known: Known): Context {
  const { pods = [pod()], tracked = [], stale = [], endpoints = [[0, 1]] } = known;
  const flows = new Map([...tracked, ...stale].map((one) => [{} as FlowSeen, one]));
  const all = [...flows.keys()];
  return {
    pods,
    byName: new Map(pods.map((one) => [one.name, one])),
    proxied: false,
    flows: {
      whole: known.whole ?? false,
      of: () => all.slice(0, tracked.length),
      stale: () => all.slice(tracked.length),
      podOf: (flow: FlowSeen) => flows.get(flow),
    },
    handledBy: new Map(
      known.handledBy === undefined ? [] : [['new-1-1', known.handledBy.map((one) => ({ pod: one }))]],
    ),
    answers: new Map(
      Object.entries(known.answers ?? {}).map(([name, seconds]) => [
        name,
        seconds.map((at) => ({ t: s(Math.abs(at)), end: s(Math.abs(at) + 0.1), reused: at < 0 })),
      ]),
    ),
    endpoints: endpoints.map(([t, ready]) => ({ t: s(t), ready })),
    proxyForgot: new Map(Object.entries(known.proxyForgot ?? {}).map(([uid, at]) => [uid, s(at)])),
    connectionPod: () => known.connectionPod,
  } as unknown as Context;
}
const placed = (request: RequestSeen, known: Known) =>
  locate(request, contextOf(known)).map(({ pod, by, sure }) => [pod.name, by, sure]);
const names = (request: RequestSeen, known: Known) => locate(request, contextOf(known)).map(({ pod }) => pod.name);

const TRACKED = 'its connection in the node’s connection tracking';
const [A1, A2] = [pod(), pod({ name: 'a2' })];
/** Its process ended just as the request did. */
const ends = (name: string, more: Pod = {}) => pod({ name, deleted: 8, sigterm: 8.1, exit: 10, ...more });

describe('the evidence says which, the surest first', () => {
  const all = {
    pods: [A1, A2, pod({ name: 'a3' }), pod({ name: 'a4' }), ends('a5')],
    handledBy: ['a9', 'a2'],
    tracked: [pod({ name: 'a3' })],
    connectionPod: 'a4',
  };
  const kept = reset({ reused: true });
  test('the answer, the log, the node, the answer before it', () => {
    expect(placed(reset({ pod: 'a1', status: 503 }), all)).toEqual([['a1', 'the answer', true]]);
    expect(placed(reset(), all)).toEqual([['a2', "the pod's log", true]]);
    const { pods, tracked, connectionPod } = all;
    expect(placed(kept, { pods, tracked, connectionPod })).toEqual([['a3', TRACKED, false]]);
    expect(placed(kept, { pods, tracked, connectionPod, whole: true })).toEqual([['a3', TRACKED, true]]);
    expect(placed(kept, { pods, connectionPod })).toEqual([['a4', 'the answer before it on its connection', true]]);
    expect(placed(reset(), { pods, connectionPod })).toEqual([['a5', 'the only pod that it can have been', false]]);
  });
  test('a name that nobody has, or none, says nothing', () => {
    expect(names(reset({ pod: 'a9' }), { pods: [ends('a5')] })).toEqual(['a5']);
    expect(names(reset(), { pods: [pod({ name: '' }), ends('a5')] })).toEqual(['a5']);
    expect(names(reset(), { pods: [ends('a5')], handledBy: ['a9'] })).toEqual(['a5']);
    expect(names(kept, { pods: [ends('a5')], connectionPod: 'a9' })).toEqual(['a5']);
  });
  test.each([1100, 1101])('a name that had no address (%d) led nowhere', (errorCode) =>
    expect(placed(refused({ errorCode, pod: 'a1' }), all)).toEqual([]),
  );
});

describe('several may have been it', () => {
  test('those whose process ended just then; of these such as its connection was led to', () => {
    const pods = [ends('a1'), ends('a2'), ends('a3', { exit: 30 })];
    expect(placed(reset(), { pods })).toEqual([
      ['a1', 'one of several pods that it can have been', false],
      ['a2', 'one of several pods that it can have been', false],
    ]);
    expect(placed(reset(), { pods, tracked: [pods[1], pods[2]] })).toEqual([
      ['a2', 'the only pod that it can have been', false],
    ]);
    // Where none of those is one of these, it says nothing.
    expect(names(reset(), { pods, tracked: [A1, A2] })).toEqual(['a1', 'a2']);
    expect(names(reset(), { pods, tracked: [undefined, undefined] })).toEqual(['a1', 'a2']);
  });
  test('not those that came later, and not such as are nobody’s endpoints', () => {
    expect(names(reset(), { pods: [ends('a1', { seen: 9 })] })).toEqual(['a1']);
    expect(names(reset(), { pods: [ends('a1', { seen: 9.01 })] })).toEqual([]);
    expect(names(reset(), { pods: [ends('a1', { endpointReady: undefined })] })).toEqual([]);
  });
  test('where none ended then, those that had left it in their queue', () => {
    const pods = [ends('a1', { exit: 9.5 }), pod({ name: 'a2' })];
    expect(names(reset({ end: s(12) }), { pods })).toEqual(['a1']);
    expect(names(reset({ end: s(12) }), { pods: [...pods, ends('a3', { exit: 12 })] })).toEqual(['a3']);
  });
});

test('a connection that a full queue never took is reset when its data is sent again, 12.6 s after the end at most', () => {
  const left = (begin: number, end: number, more: Pod = {}, connecting = 0.2) =>
    leftInQueue(
      reset({ t: s(begin), end: s(end), phases: { ...NO_TIME, connecting } }),
      pod({ deleted: 8, exit: 12, ...more }),
    );
  expect([left(7, 12), left(6.9, 12), left(12, 12), left(12.1, 13)]).toEqual([true, false, true, false]);
  expect([left(9, 11.9), left(9, 24.6), left(9, 24.7)]).toEqual([false, true, false]);
  expect(left(9, 13, {}, 0)).toBe(false);
  expect(leftInQueue(reset({ t: s(9), end: s(13) }), pod({ exit: 12 }))).toBe(false);
  expect(leftInQueue(reset({ t: s(9), end: s(13) }), pod({ deleted: 8 }))).toBe(false);
});

describe('refused: pods to which a proxy may have sent it while nothing listened there', () => {
  test('told to end before it, and out of the slice for no longer than a proxy may lag behind', () => {
    const termAt = (sigterm: number, more: Pod = {}) =>
      names(refused(), { pods: [pod({ deleted: 5, sigterm, exit: 20, endpointRemoved: 5, ...more })] }).length;
    expect([termAt(10), termAt(10.1), termAt(10.11)]).toEqual([1, 1, 0]);
    const out = (endpointRemoved: number) => termAt(-10, { endpointRemoved });
    expect([out(-5), out(-5.01)]).toEqual([1, 0]);
    // Where its removal was not seen, from when it was told to end.
    const unseen = (sigterm: number) => names(refused(), { pods: [pod({ deleted: -9, sigterm, exit: 20 })] }).length;
    expect([unseen(-5), unseen(-5.01)]).toEqual([1, 0]);
  });
  test('of one whose SIGTERM nobody stamped, its end, which has whole seconds', () => {
    const ended = (exit: number) => names(refused(), { pods: [pod({ deleted: 5, exit, endpointRemoved: 5 })] }).length;
    expect([ended(11), ended(11.01)]).toEqual([1, 0]);
    expect(names(refused(), { pods: [pod({ deleted: 5 })] })).toEqual([]);
  });
  test('until the proxy has surely forgotten it', () => {
    const pods = [pod({ deleted: 5, sigterm: 5, exit: 6, endpointRemoved: 5 })];
    const forgot = (at: number) => names(refused(), { pods, proxyForgot: { a1: at } }).length;
    expect([forgot(9.99), forgot(10), forgot(11)]).toEqual([0, 1, 1]);
  });
  test('not one that answered a new connection later: it still listened', () => {
    const pods = [pod({ deleted: 5, sigterm: 5, endpointRemoved: 5 })];
    const answered = (...seconds: number[]) => names(refused(), { pods, answers: { a1: seconds } }).length;
    expect([answered(10.01), answered(10), answered(-11), answered(9, 10.5)]).toEqual([0, 1, 1, 0]);
  });
  test('nor one that was never an endpoint', () => {
    const pods = [pod({ deleted: 5, sigterm: 5, endpointReady: undefined })];
    expect(names(refused(), { pods })).toEqual([]);
  });
  test('or not yet: without a readiness probe, called ready before it answered anything', () => {
    const young = (more: Pod = {}, answers: number[] = []) =>
      names(refused(), {
        pods: [pod({ hasReadinessProbe: false, ...more })],
        answers: answers.length > 0 ? { a1: answers } : {},
      }).length;
    expect([young(), young({ hasReadinessProbe: true }), young({ deleted: 30 })]).toEqual([1, 0, 0]);
    expect([young({ endpointReady: 10.01 }), young({ endpointReady: 10.02 })]).toEqual([1, 0]);
    // An answer that has come by then is its end, not its begin.
    expect([young({}, [9.9]), young({}, [9.91]), young({}, [5])]).toEqual([0, 1, 0]);
    expect(young({ exit: 20 })).toBe(1);
    expect(young({ exit: 20 }, [10.5])).toBe(0);
  });
  test('nothing was ready, now and for as long as a proxy may lag behind: nowhere', () => {
    const pods = [pod({ deleted: 5, sigterm: 5, endpointRemoved: 5 })];
    const since = (at: number) =>
      names(refused(), {
        pods,
        endpoints: [
          [0, 1],
          [at, 0],
        ],
      }).length;
    expect([since(7), since(7.1)]).toEqual([0, 1]);
    expect(
      names(refused(), {
        pods,
        endpoints: [
          [0, 0],
          [8, 1],
        ],
      }),
    ).toEqual(['a1']);
    // What had a connection went somewhere.
    expect(names(reset(), { pods: [ends('a1')], endpoints: [[0, 0]] })).toEqual(['a1']);
    expect(nothingReady(refused(), contextOf({ endpoints: [[0, 0]] }))).toBe(true);
  });
});

describe('refused without an entry of its own', () => {
  const STALE = 'an older connection from its port, which was reset';
  const followed = (stale: (PodLife | undefined)[], more: Known = {}) =>
    placed(refused(), { pods: [ends('a1')], whole: true, stale, ...more });
  test('it followed what was left of an older one, to pods that have ended', () => {
    expect(followed([ends('a1')])).toEqual([['a1', STALE, false]]);
    expect(followed([A1, undefined])).toEqual([]);
    expect([10.31, 10.32].map((exit) => followed([ends('a1', { exit })]).length)).toEqual([1, 0]);
    const one = ends('a1');
    expect(followed([one, one])).toHaveLength(1);
  });
  test('only where all connections were tracked', () => {
    expect(followed([ends('a1')], { whole: false }).map(([, by]) => by)).toEqual([
      'the only pod that it can have been',
    ]);
  });
});

describe('a pod that its connection was led to', () => {
  const led = (request: RequestSeen, answers: number[], more: Pod = {}) =>
    placed(request, { pods: [pod(more)], tracked: [pod(more)], whole: true, answers: { a1: answers } });
  test('listened: it had answered before, and answered a new connection later. It did not refuse this one', () => {
    expect(led(refused(), [5, 11])).toEqual([]);
    expect(led(refused(), [9.9, 11])).toEqual([]);
    for (const answers of [[9.91, 11], [5], [5, -11], [5, 10], []])
      expect(led(refused(), answers)).toEqual([['a1', TRACKED, true]]);
  });
  test('but had it crashed, or was it no refusal', () => {
    expect(led(refused(), [5, 11], { crashed: 10 })).toHaveLength(1);
    expect(led(reset(), [5, 11])).toHaveLength(1);
  });
});

test('the first sign of a pod is the first answer that came, not the first that was begun', () => {
  const answers = new Map([
    [
      'a1',
      [
        { t: s(1), end: s(9) },
        { t: s(2), end: s(3) },
      ],
    ],
  ]);
  const sign = (name: string) => firstSign({ name } as PodLife, { answers } as unknown as Context);
  expect([sign('a1'), sign('a2')]).toEqual([s(3), undefined]);
});
