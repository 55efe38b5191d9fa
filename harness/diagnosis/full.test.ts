import { describe, expect, test } from 'vitest';
import { s } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import type { Context } from './context.ts';
import { fullFacts, type Placed } from './full.ts';
import type { Place } from './locate.ts';
import { NO_TIME } from './testing/told.ts';

type Pod = Place['pod'];
const pod = (more: Partial<Pod> = {}) => ({ name: 'a1', crashes: [], ...more }) as unknown as Pod;

/** Unanswered from 10 to 20, on a connection of its own. */
const waited = (where: Pod, more: Partial<RequestSeen> = {}, placed: Partial<Placed> = {}): Placed => ({
  request: { request: 'new-1-1', t: s(10), end: s(20), reused: false, phases: NO_TIME, ...more } as RequestSeen,
  phase: 'request',
  places: [{ pod: where, sure: true } as Place],
  ...placed,
});

/** An answer on a kept connection from that second on, for so many seconds. */
const answer = (at: number, seconds = 0.1, reused = true) =>
  ({ t: s(at), end: s(at + seconds), reused }) as RequestSeen;
const FIVE = [11, 12, 13, 14, 15].map((at) => answer(at));

interface Known {
  answers?: RequestSeen[];
  goodProbes?: [from: number, to: number][];
  handledAt?: number[];
  proxied?: boolean;
}
const contextOf = ({ answers = FIVE, goodProbes = [], handledAt = [], proxied = false }: Known) =>
  ({
    proxied,
    answers: new Map([['a1', answers]]),
    goodProbes: new Map([['a1', goodProbes.map(([from, to]) => ({ from: s(from), to: s(to) }))]]),
    handledBy: new Map(handledAt.length === 0 ? [] : [['new-1-1', handledAt.map((at) => ({ t: s(at) }))]]),
  }) as unknown as Context;

/** How many it answered on others, as the first of two that waited side by side is told; undefined where it was not full. */
function answered(known: Known = {}, one: (where: Pod) => Placed = waited, where = pod()): number | undefined {
  const placed = one(where);
  const other = { ...placed, request: { ...placed.request } };
  return fullFacts([placed, other], contextOf(known)).full.get(placed.request);
}

describe('a request that waited in a pod which answered others on connections that it had', () => {
  test('five are enough, four are not', () => {
    expect(answered()).toBe(5);
    expect(answered({ answers: [...FIVE, answer(16)] })).toBe(6);
    expect(answered({ answers: FIVE.slice(1) })).toBeUndefined();
    expect(answered({ answers: [] })).toBeUndefined();
  });

  test('those that began and ended in the first four fifths of its time, each in a tenth of that', () => {
    const with5th = (fifth: RequestSeen) => answered({ answers: [...FIVE.slice(0, 4), fifth] });
    const with1st = (first: RequestSeen) => answered({ answers: [first, ...FIVE.slice(1)] });
    expect(with1st(answer(9.9))).toBeUndefined();
    expect(with1st(answer(10))).toBe(5);
    expect(with5th(answer(17.5, 0.5))).toBe(5);
    expect(with5th(answer(17.5, 0.51))).toBeUndefined();
    expect(with5th(answer(18, 0))).toBe(5);
    expect(with5th(answer(18.1, 0))).toBeUndefined();
    expect(with5th(answer(16, 1))).toBe(5);
    expect(with5th(answer(16, 1.01))).toBeUndefined();
  });

  test('none on a newer connection: it would have been the next one in', () => {
    expect(answered({ answers: [...FIVE, answer(16, 0.1, false)] })).toBeUndefined();
    // Such as came too late, or had begun before, say nothing.
    expect(answered({ answers: [...FIVE, answer(17, 1.5, false)] })).toBe(5);
    expect(answered({ answers: [answer(9, 3, false), ...FIVE] })).toBe(5);
    expect(answered({ answers: [...FIVE, answer(18.5, 0.1, false)] })).toBe(5);
  });

  test('nor a direct call of ours, which has a connection of its own', () => {
    expect(answered({ goodProbes: [[11, 12]] })).toBeUndefined();
    expect(answered({ goodProbes: [[10, 12]] })).toBe(5);
    expect(answered({ goodProbes: [[12, 18]] })).toBe(5);
    expect(answered({ goodProbes: [[9, 19]] })).toBe(5);
  });

  test('nor did its log have it in time', () => {
    expect(answered({ handledAt: [17.9, 19] })).toBeUndefined();
    expect(answered({ handledAt: [18, 19] })).toBe(5);
  });

  test('behind a proxy nobody knows whose connection it is', () => expect(answered({ proxied: true })).toBeUndefined());
});

describe('it is not full', () => {
  const of = (more: Partial<RequestSeen>, placed: Partial<Placed> = {}) =>
    answered({}, (where) => waited(where, more, placed));

  test('for a request on a kept connection, or one that had none, or an answer', () => {
    expect(of({ reused: true })).toBeUndefined();
    expect(of({}, { phase: 'connect' })).toBeUndefined();
    expect(of({}, { phase: 'answer' })).toBeUndefined();
  });

  test('for one that did not wait for a second', () => {
    const quick = [0.1, 0.2, 0.3, 0.4, 0.5].map((after) => answer(10 + after, 0.05));
    const lasts = (seconds: number) =>
      answered({ answers: quick }, (where) => waited(where, { t: s(10), end: s(10 + seconds) }));
    expect([lasts(1), lasts(0.99)]).toEqual([5, undefined]);
  });

  test('where an answer began within four fifths of it, and broke off', () => {
    const began = (milliseconds: number) =>
      of({ phases: { ...NO_TIME, waiting: milliseconds } }, { phase: 'response' });
    expect([began(8000), began(7999)]).toEqual([5, undefined]);
    const each = { blocked: 1000, connecting: 1000, tls: 2000, sending: 2000, waiting: 2000, receiving: 5000 };
    expect(of({ phases: each }, { phase: 'response' })).toBe(5);
    // Of a request nothing came.
    expect(of({ phases: each })).toBe(5);
  });

  test('where the pod may have been another one', () => {
    expect(of({}, { places: [] })).toBeUndefined();
    expect(of({}, { places: [{ pod: pod(), sure: false } as Place] })).toBeUndefined();
  });

  test.each([
    ['being deleted', (at: number) => ({ deleted: s(at) })],
    ['told to end', (at: number) => ({ sigterm: s(at) })],
    ['crashed', (at: number) => ({ crashes: [{ t: s(30) }, { t: s(at) }] as Pod['crashes'] })],
  ])('in a pod that was %s within four fifths of its time', (_, ended) => {
    expect([18, 18.01].map((at) => answered({}, waited, pod(ended(at))))).toEqual([undefined, 5]);
  });
});

describe('one that waits may be a packet that got lost: several do at the same time', () => {
  const told = (...spans: [from: number, to: number, where?: Pod][]) => {
    const a1 = pod();
    const placed = spans.map(([from, to, where = a1], i) =>
      waited(where, { request: `new-${i}-1`, t: s(from), end: s(to) }),
    );
    const answers = Array.from({ length: 300 }, (_, i) => answer(5 + i / 10, 0.01));
    const { full, fullSpans } = fullFacts(placed, contextOf({ answers }));
    return [
      placed.map(({ request }) => full.has(request)),
      fullSpans.map(({ from, to }) => [from / 1e9, to / 1e9]),
    ] as const;
  };

  test('alone, or one after the other', () => {
    expect(told([10, 20])).toEqual([[false], []]);
    expect(told([10, 15], [15, 20])).toEqual([[false, false], []]);
    expect(told([10, 15], [14.99, 20])).toEqual([[true, true], [[10, 20]]]);
  });

  test('in whatever order they are told; beside a third that comes later', () => {
    expect(told([14, 18], [10, 15], [25, 30])).toEqual([[true, true, false], [[10, 18]]]);
    // The span goes to the end of the one that ends last.
    expect(told([10, 30], [11, 20])).toEqual([[true, true], [[10, 30]]]);
  });

  test('each pod by itself', () => {
    const other = pod({ uid: 'other' } as Partial<Pod>);
    expect(told([10, 20], [11, 20, other])).toEqual([[false, false], []]);
    expect(told([10, 20], [11, 21, other], [12, 19], [13, 22, other])).toEqual([
      [true, true, true, true],
      [
        [10, 20],
        [11, 22],
      ],
    ]);
  });
});
