import { describe, expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import {
  brokeDown,
  type Context,
  contextOf,
  endedWith,
  hookFailed,
  killed,
  readyEndpointsAt,
  termOf,
} from './context.ts';
import { podAt, refused } from './testing/told.ts';

test('a request ended as the process did: to three tenths by the runtime’s stamp, a second and a half later by the API’s', () => {
  const ended = (at: number, instants: object) => endedWith(refused(1, at), podAt(instants));
  expect([9.69, 9.7, 10.3, 10.31].map((at) => ended(at, { exit: 10 }))).toEqual([false, true, true, false]);
  expect([9.69, 9.7, 11.5, 11.51].map((at) => ended(at, { finished: 10 }))).toEqual([false, true, true, false]);
  expect(ended(10, {})).toBe(false);
});

test('SIGTERM comes when the runtime says so; else after the deletion, and the hook’s sleep', () => {
  expect(termOf(podAt({ sigterm: 12, deleted: 10 }, { preStopSleep: 5 }))).toBe(s(12));
  expect(termOf(podAt({ deleted: 10 }, { preStopSleep: 5 }))).toBe(s(15));
  expect(termOf(podAt({ deleted: 10 }))).toBe(s(10));
  expect(termOf(podAt({}))).toBeUndefined();
});

test('how many endpoints were ready, by the last word', () => {
  const context = {
    endpoints: [
      { t: s(5), ready: 3 },
      { t: s(9), ready: 0 },
    ],
  } as unknown as Context;
  expect([4.9, 5, 8.9, 9].map((at) => readyEndpointsAt(context, s(at)))).toEqual([undefined, 3, 3, 0]);
});

describe('how a pod ended', () => {
  test('killed: by SIGKILL, or with 137 at the end of its grace, two seconds early at most', () => {
    expect(killed(podAt({ deleted: 10, sigkill: 11 }))).toBe(true);
    const with137 = (exit: number) => killed(podAt({ deleted: 10, exit }, { exitCode: 137 }));
    expect([with137(38), with137(37.99)]).toEqual([true, false]);
    expect(killed(podAt({ deleted: 10, exit: 40 }, { exitCode: 143 }))).toBe(false);
    expect(killed(podAt({ deleted: 10 }, { exitCode: 137 }))).toBe(false);
    expect(killed(podAt({ sigkill: 11, exit: 40 }, { exitCode: 137 }))).toBe(false);
    expect(killed(podAt({ deleted: 10, sigkill: 11 }, { oomKilled: true }))).toBe(false);
  });
  test('broke down: out of memory, by a signal of its own, or killed at another time', () => {
    const broke = (exitCode: number, exit = 20) => brokeDown(podAt({ deleted: 10, exit }, { exitCode }));
    expect([134, 135, 136, 139].map((code) => broke(code))).toEqual([true, true, true, true]);
    expect([0, 1, 143].map((code) => broke(code))).toEqual([false, false, false]);
    expect([broke(137), broke(137, 40)]).toEqual([true, false]);
    expect(brokeDown(podAt({ deleted: 10 }, { oomKilled: true }))).toBe(true);
    expect(brokeDown(podAt({ deleted: 10 }))).toBe(false);
  });
});

describe('its hook failed', () => {
  const event = { reason: 'FailedPreStopHook', about: 'a1', container: 'app', t: s(11) };
  const failed = (more: object = {}, instants: object = { deleted: 10, sigterm: 10.1 }, serving = 'app') =>
    hookFailed(podAt(instants, { serving }), { events: [{ ...event, ...more }] } as unknown as Context);
  test('of the container that serves, or of nobody knows which', () => {
    expect(failed()).toBe(true);
    expect([failed({ container: '' }), failed({ container: 'proxy' })]).toEqual([true, false]);
    expect([failed({ about: 'a2' }), failed({ reason: 'Killing' })]).toEqual([false, false]);
  });
  test('as it was deleted, two seconds to each side', () => {
    expect([7.99, 8, 12.1, 12.11].map((at) => failed({ t: s(at) }))).toEqual([false, true, true, false]);
  });
  test('and so nothing waited: one that fails after two seconds has', () => {
    const term = (sigterm: number | undefined) => failed({}, { deleted: 10, sigterm });
    expect([term(12), term(12.01), term(undefined)]).toEqual([true, false, true]);
    expect(failed({}, { sigterm: 10.1 })).toBe(false);
  });
});

describe('what a scenario’s histories come to', () => {
  const of = (builder: HistoryBuilder, dropped: RequestSeen[] = []) =>
    contextOf(builder.mark(60, 'tail-end').history(), dropped);

  test('answers by pod, not those of the control lane', () => {
    const builder = threeUp()
      .request(11, { pod: 'a1' })
      .request(12, { pod: '' })
      .request(13, { pod: 'a1', lane: 'control' });
    const { answers, namesPods, isGood } = of(builder.request(14, { pod: 'a2', status: 500, errorCode: 1500 }));
    expect([...answers].map(([name, list]) => [name, list.map(({ t }) => t / 1e9)])).toEqual([
      ['a1', [11]],
      ['a2', [14]],
    ]);
    expect(namesPods).toBe(true);
    expect([...answers.values()].flat().map(isGood)).toEqual([true, false]);
    expect(of(threeUp()).namesPods).toBe(false);
  });

  test('lines that have the id of a dropped request, in the order of time', () => {
    const builder = threeUp()
      .request(11, { request: 'new-1-1', status: 0 })
      .request(11, { request: 'new-1-2', status: 0 });
    builder.log(13, 'a1', 'handled', 'new-1-1').log(12, 'a2', 'begun', 'new-1-1').log(12, 'a2', 'other', 'new-1-1');
    builder.log(12, 'a2', 'handled', 'new-1-2').log(12, 'a2', 'handled');
    const dropped = builder.history().requests.filter(({ request }) => request === 'new-1-1');
    const { handledBy } = of(builder, dropped);
    expect([...handledBy].map(([id, lines]) => [id, lines.map(({ pod }) => pod)])).toEqual([['new-1-1', ['a2', 'a1']]]);
  });

  test('a pod’s log is whole as far as the shortest of its logs is; one that is not is not at all', () => {
    const read = (until: number, pod: string, whole = true) =>
      ({ type: 'log', t: s(until), pod, container: 'app', from: 0, until: s(until), whole }) as const;
    const { logWholeUntil } = of(
      threeUp()
        .add(read(40, 'a1'))
        .add(read(30, 'a1'))
        .add(read(40, 'a2'))
        .add(read(50, 'a2', false)),
    );
    expect([...logWholeUntil]).toEqual([
      ['a1', s(30)],
      ['a2', -1],
    ]);
  });

  test('our own calls that were answered well', () => {
    const { goodProbes } = of(
      [199, 200, 399, 400].reduce((builder, status, i) => builder.probe(20 + i, 'a1', status), threeUp()),
    );
    expect([...goodProbes].map(([pod, calls]) => [pod, calls.map(({ to }) => to / 1e9)])).toEqual([['a1', [21, 22]]]);
    const [call] = goodProbes.get('a1')!;
    expect(call!.from).toBeLessThan(call!.to);
  });

  test('when the proxy had surely forgotten a pod: a new connection went to one that came after its removal', () => {
    const forgot = (more: (builder: HistoryBuilder) => HistoryBuilder) => {
      const builder = threeUp().pod(2, 'a1', { ip: '10.0.0.1' }).slice(15, ['a2', 'a3'], ['a1']);
      builder.pod(20, 'b1', { owner: 'web-b', ip: '10.0.0.9' }).slice(20.1, ['a2', 'a3', 'b1'], ['a1']);
      return [...of(more(builder)).proxyForgot].map(([uid, t]) => [uid, t / 1e9]);
    };
    expect(forgot((builder) => builder)).toEqual([]);
    expect(forgot((builder) => builder.request(25, { pod: 'b1' }))).toEqual([['a1', 25]]);
    expect(forgot((builder) => builder.request(25, { pod: 'b1', reused: true }))).toEqual([]);
    expect(forgot((builder) => builder.request(25, { pod: 'b1', lane: 'control' }))).toEqual([]);
    expect(forgot((builder) => builder.request(25, { pod: 'a2' }))).toEqual([]);
    expect(forgot((builder) => builder.flow(24, '10.0.0.9').request(25, { pod: 'b1' }))).toEqual([['a1', 24]]);
    expect(forgot((builder) => builder.flow(24, '10.0.0.1'))).toEqual([]);
  });

  test('whether a client was told to let go of its connection: its next request has a new one', () => {
    const kept = { lane: 'kept', pod: 'a1', reused: true } as const;
    const builder = threeUp(new HistoryBuilder({ lanes: ['new', 'kept'] }));
    builder.request(11, { ...kept, request: 'kept-1-1' }).request(12, { ...kept, request: 'kept-1-2', reused: false });
    builder.request(11, { ...kept, request: 'kept-2-1' }).request(12, { ...kept, request: 'kept-2-2' });
    builder.request(13, { ...kept, request: 'kept-1-3' });
    const { letGo, answers } = of(builder);
    expect(answers.get('a1')!.map((answer) => [answer.request, letGo(answer)])).toEqual([
      ['kept-1-1', true],
      ['kept-2-1', false],
      ['kept-1-2', false],
      ['kept-2-2', false],
      ['kept-1-3', false],
    ]);
  });

  test('the Deployment as it was last, its floor, ready endpoints at each change', () => {
    const builder = threeUp()
      .slice(12, ['a1', 'a2', 'a3'])
      .slice(13, ['a1'], ['a2', 'a3'])
      .deployment(20, { replicas: 5, surge: 0, unavailable: 2 });
    const { deployment, floor, endpoints, triggered } = of(builder);
    expect([deployment?.replicas, floor, triggered]).toEqual([5, 3, s(10)]);
    expect(endpoints.map(({ t, ready }) => [t / 1e9, ready])).toEqual([
      [1, 0],
      [1, 3],
      [13, 1],
    ]);
    expect(of(new HistoryBuilder()).floor).toBe(0);
  });

  test('the longest answer, the longest a pod took to crash', () => {
    const builder = threeUp().request(11, { seconds: 2 }).request(12, { seconds: 9, status: 0, errorCode: 1050 });
    expect(of(builder).longestMs).toBe(2000);
    expect(of(threeUp()).settleMs).toBe(0);
  });

  test('what is called', () => {
    const from = (target?: 'service' | 'nodePort' | 'http://web.test') =>
      of(threeUp(new HistoryBuilder(target === undefined ? {} : { target }))).fromOutside;
    expect([from(), from('service'), from('nodePort'), from('http://web.test')]).toEqual([false, false, true, true]);
  });
});
