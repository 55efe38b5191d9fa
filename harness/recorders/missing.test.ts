import { describe, expect, test } from 'vitest';
import { s } from '../history/testing/build.ts';
import type { ObjectSeen, WatchedKind } from '../history/types.ts';
import { missing, tellMissing, type Witnessed, witnessedStates } from './missing.ts';

/** What the history has: at which second, which state ("web-1 101"), of a Pod unless said. */
const ours = (...states: [number, string, WatchedKind?][]): ObjectSeen[] =>
  states.map(([at, state, kind = 'Pod'], i) => {
    const [name = '', resourceVersion = ''] = state.split(' ');
    const where = { kind, uid: `${name}/1`, name, namespace: 'ns', resourceVersion };
    return { type: 'object', id: `x-${i}`, scenario: 'test', t: s(at), verb: 'modified', object: {}, ...where };
  });

/** What the witness saw; it watched from 101 on, until second 20. */
const theirs = (states: string[], more: Partial<Witnessed> = {}): Witnessed => ({
  kind: 'Pod',
  from: '101',
  until: s(20),
  unreadable: 0,
  ...more,
  states: states.map((state) => {
    const [name = '', version = ''] = state.split(' ');
    return { verb: 'modified', uid: `${name}/1`, name, version };
  }),
});

const names = (states: { name: string; version: string }[]) => states.map(({ name, version }) => `${name} ${version}`);

describe('what the witness saw', () => {
  test('and the history has, is not missing', () => {
    const history = ours([1, 'web-1 101'], [2, 'web-1 102'], [3, 'web-2 103']);
    const found = missing(history, [theirs(['web-1 101', 'web-1 102', 'web-2 103'])]);
    expect(found).toEqual({ seen: 3, fromHistory: [], fromWitness: [] });
    expect(tellMissing(found, [theirs([])], s(30))).toEqual([
      {
        type: 'action',
        t: s(30),
        action: 'second-witness',
        detail: 'second witness: 3 states, all of them seen',
        ok: true,
      },
    ]);
  });

  test('and the history lacks, is a gap between its neighbours', () => {
    const history = ours([1, 'web-1 99'], [4, 'web-1 101'], [9, 'web-1 104'], [12, 'web-1 110']);
    const witnessed = [theirs(['web-1 101', 'web-1 102', 'web-2 103', 'web-1 104', 'web-1 110'])];
    const found = missing(history, witnessed);
    expect(names(found.fromHistory)).toEqual(['web-1 102', 'web-2 103']);
    expect(found.fromHistory[0]).toMatchObject({ after: s(4), before: s(9) });
    expect(tellMissing(found, witnessed, s(30))).toMatchObject([
      {
        type: 'gap',
        source: 'watch:Pod',
        from: s(4),
        to: s(9),
        reason: 'a second witness saw what the watch did not: Pod web-1 modified at 102, Pod web-2 modified at 103',
      },
      { type: 'action', ok: false, detail: expect.stringContaining('5 states, 2 of them not seen: Pod web-1') },
    ]);
  });

  test('of the last state, the gap goes to its end', () =>
    expect(missing(ours([4, 'web-1 101']), [theirs(['web-1 102'])]).fromHistory).toMatchObject([
      { after: s(4), before: s(20) },
    ]));

  test('counts by kind: one uid and version of another kind is another state', () => {
    const found = missing(ours([4, 'web 102', 'Deployment']), [
      theirs(['web 102']),
      theirs([], { kind: 'Deployment' }),
    ]);
    expect(names(found.fromHistory)).toEqual(['web 102']);
    expect(names(found.fromWitness)).toEqual(['web 102']);
  });

  test('a number with more digits is the later version', () => {
    const history = ours([4, 'web-1 998'], [9, 'web-1 1002']);
    expect(missing(history, [theirs(['web-1 1001'], { from: '998' })]).fromHistory).toMatchObject([
      { after: s(4), before: s(9) },
    ]);
  });
});

describe('what the history has and the witness did not see', () => {
  const missed = (history: ObjectSeen[], more: Partial<Witnessed> = {}) =>
    missing(history, [theirs(['web-1 102'], more)]);

  test('is told, and is no gap', () => {
    const found = missed(ours([4, 'web-1 102'], [5, 'web-1 103']));
    expect(names(found.fromWitness)).toEqual(['web-1 103']);
    expect(tellMissing(found, [], s(30))).toMatchObject([
      {
        type: 'action',
        ok: false,
        detail: expect.stringContaining('it missed 1 that the history has: Pod web-1 modified at 103'),
      },
    ]);
  });

  test('but not what came before it began, or as it ended', () =>
    expect(missed(ours([3, 'web-1 100'], [4, 'web-1 102'], [19.5, 'web-1 103'])).fromWitness).toEqual([]));

  test('nor anything, where nobody knows since when it watched', () => {
    const found = missed(ours([4, 'web-1 102'], [5, 'web-1 103']), { from: undefined });
    expect(found.fromWitness).toEqual([]);
    expect(tellMissing(found, [theirs([], { from: undefined })], s(30))).toMatchObject([
      { ok: false, detail: expect.stringContaining('since when it watched is not known of Pods') },
    ]);
  });
});

test.each([
  [theirs([], { endedEarly: 'it was killed' }), 'its watch of Pods ended early: it was killed'],
  [theirs([], { unreadable: 2 }), '2 lines of its watch of Pods could not be read'],
])('a witness that was not whole is not good', (witnessed, text) =>
  expect(tellMissing({ seen: 9, fromHistory: [], fromWitness: [] }, [witnessed], s(30))).toMatchObject([
    { ok: false, detail: expect.stringContaining(text) },
  ]),
);

test('a witness that saw nothing is not good', () =>
  expect(tellMissing({ seen: 0, fromHistory: [], fromWitness: [] }, [theirs([])], s(30))).toMatchObject([
    { ok: false },
  ]));

test('its lines', () => {
  const line = (type: string, version: string) =>
    JSON.stringify({ type, object: { metadata: { uid: 'u', name: 'web-1', resourceVersion: version } } });
  const output = `${line('ADDED', '1')}\n${line('DELETED', '2')}\n`;
  const states = [
    { verb: 'added', uid: 'u', name: 'web-1', version: '1' },
    { verb: 'deleted', uid: 'u', name: 'web-1', version: '2' },
  ];
  expect(witnessedStates(output)).toEqual({ states, unreadable: 0 });
  expect(witnessedStates(output.trimEnd())).toEqual({ states, unreadable: 0 });
  expect(witnessedStates(`${output}{"type":"MODI`)).toEqual({ states, unreadable: 0 });
  expect(witnessedStates(`{"type":"MODI\n${output}`)).toEqual({ states, unreadable: 1 });
  expect(witnessedStates('')).toEqual({ states: [], unreadable: 0 });
});
