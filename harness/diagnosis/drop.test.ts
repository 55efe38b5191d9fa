import { describe, expect, test } from 'vitest';
import type { PodLife } from '../history/pod-lives.ts';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import type { RequestSeen } from '../history/types.ts';
import { type Context, contextOf } from './context.ts';
import { answeredWithin, type Drop, placeDrops, said, surelyNotHandled } from './drop.ts';

const IP = '10.244.0.9';
const NO_TIME = { blocked: 0, connecting: 0.2, tls: 0, sending: 0.1, waiting: 0, receiving: 0 };
const REFUSED = { status: 0, errorCode: 1212, error: 'connection refused' };
const RESET = { status: 0, errorCode: 1220, error: 'reset', phases: NO_TIME };

/** Of a1, which is deleted and told to end at 12, and whose process ends at 20. */
function facts(
  lost: Partial<RequestSeen>,
  at: number,
  seconds: number,
  { exit = 20, exitCode = 0, handled = false } = {},
) {
  const builder = new HistoryBuilder({ logsRequestIds: true });
  threeUp(builder).pod(10.5, 'a1', { ip: IP }).pod(12, 'a1', { ip: IP, terminating: true });
  const runtime = { type: 'container', pod: 'a1', container: 'app', containerId: 'a1' } as const;
  builder.add({ ...runtime, t: s(12), event: 'sigterm' });
  if (exit > 0) builder.add({ ...runtime, t: s(exit), event: 'exit', exitCode }).gone(exit + 1, 'a1');
  if (handled) builder.log(at + 0.01, 'a1', 'handled', 'new-9-9');
  builder.request(at, { request: 'new-9-9', ...lost, seconds }).flow(at, IP);
  const history = builder.mark(40, 'tail-end').history();
  const dropped = history.requests.filter(({ request }) => request === 'new-9-9');
  const [[drop]] = placeDrops(dropped, contextOf(history, dropped)) as [[Drop]];
  const told = Object.entries(drop.facts).filter(([, set]) => set instanceof Set && set.has('web-a'));
  return [drop.place?.pod.name, ...told.map(([name]) => name)];
}

describe('what a pod’s end says of all with its template', () => {
  test('refused while its process lived: until shortly before its end, longer before one that ended in disorder', () => {
    const refused = (at: number, exitCode = 0) => facts(REFUSED, at, 0.001, { exitCode });
    expect(refused(13)).toEqual(['a1', 'closedAlive']);
    expect(refused(19.89)).toContain('closedAlive');
    expect(refused(19.91)).not.toContain('closedAlive');
    expect(refused(19.69, 2)).toContain('closedAlive');
    expect(refused(19.71, 2)).not.toContain('closedAlive');
    expect(refused(11.79)).not.toContain('closedAlive');
    expect(refused(11.81)).toContain('closedAlive');
  });

  test('reset as it ended is no refusal; nor is what had no connection for another reason', () => {
    expect(facts(RESET, 13, 0.001)).not.toContain('closedAlive');
    expect(facts({ ...REFUSED, errorCode: 1211 }, 13, 0.001)).not.toContain('closedAlive');
    expect(facts(REFUSED, 13, 0.001, { exit: 0 })).not.toContain('closedAlive');
  });

  test('cut as it ended, having begun before', () => {
    const cut = (until: number, from = 19) => facts(RESET, from, until - from);
    expect(cut(20)).toEqual(['a1', 'cutInFlight', 'missed']);
    expect([19.86, 20.14].map((until) => cut(until).includes('cutInFlight'))).toEqual([true, true]);
    expect([19.84, 20.16].map((until) => cut(until).includes('cutInFlight'))).toEqual([false, false]);
    expect(cut(20.1, 20.05)).not.toContain('cutInFlight');
  });

  test('where nobody knows when it ended, what SIGTERM met', () => {
    const cut = (from: number, until: number) => facts(RESET, from, until - from, { exit: 0 });
    expect(cut(11, 12)).toContain('cutInFlight');
    expect(cut(11, 11.81)).toContain('cutInFlight');
    expect(cut(11, 11.79)).not.toContain('cutInFlight');
    expect(cut(11, 16)).toContain('cutInFlight');
    expect(cut(12.1, 13)).not.toContain('cutInFlight');
  });

  test('an idle kept connection that is closed was not in flight, unless its request had been begun with', () => {
    const kept = { ...RESET, lane: 'kept', reused: true, phases: { ...NO_TIME, connecting: 0 } } as const;
    expect(facts(kept, 19, 1)).not.toContain('cutInFlight');
    expect(facts(kept, 19, 1, { handled: true })).toEqual(['a1', 'cutInFlight', 'missed']);
  });

  test('lost at its end, or after it', () => {
    expect(facts(REFUSED, 20.5, 0.001)).toContain('missed');
    expect(facts(REFUSED, 19.86, 0.001)).toContain('missed');
    expect(facts(REFUSED, 19.84, 0.001)).not.toContain('missed');
  });
});

describe('that no log has its id', () => {
  const drop = (
    wholeUntil: number | undefined,
    more: { exit?: number; logsIds?: boolean; handled?: boolean; place?: false } = {},
  ) =>
    surelyNotHandled({
      request: { request: 'new-1-1', end: s(20) },
      place:
        more.place === false
          ? undefined
          : { pod: { name: 'a1', ...(more.exit === undefined ? {} : { exit: s(more.exit) }) } },
      context: {
        logsIds: more.logsIds ?? true,
        handledBy: new Map(more.handled ? [['new-1-1', []]] : []),
        logWholeUntil: new Map(wholeUntil === undefined ? [] : [['a1', s(wholeUntil)]]),
      },
    } as unknown as Drop);

  test('is known where the log was read beyond its end, or that of the process', () => {
    expect([drop(20), drop(19.9), drop(undefined)]).toEqual([true, false, false]);
    expect([drop(15, { exit: 15 }), drop(14.9, { exit: 15 }), drop(20, { exit: 25 })]).toEqual([true, false, true]);
  });
  test('and not where no ids are logged, one has it, or nobody knows whose log', () => {
    expect(drop(30, { logsIds: false })).toBe(false);
    expect(drop(30, { handled: true })).toBe(false);
    expect(drop(30, { place: false })).toBe(false);
  });
});

test('a pod answered what began within those instants, both of them counted', () => {
  const answers = new Map([
    [
      'a1',
      [
        { t: s(5), reused: true },
        { t: s(8), reused: false },
      ] as RequestSeen[],
    ],
  ]);
  const within = (from: number, to: number, fresh?: boolean, name = 'a1') =>
    answeredWithin({ name } as PodLife, { answers } as unknown as Context, s(from), s(to), fresh);
  expect([within(5, 6), within(4, 5), within(5.1, 7.9), within(8, 8)]).toEqual([true, true, false, true]);
  expect([within(4, 7, true), within(4, 8, true), within(1, 9, false, 'a2')]).toEqual([false, true, false]);
});

test('an event is one of that reason, about that object, within those instants, both of them counted', () => {
  const events = [
    { reason: 'Evicted', about: 'a1', t: s(5) },
    { reason: 'Killing', about: 'a2', t: s(8) },
  ];
  const found = (reason: string, about: string, ...within: number[]) =>
    said({ events } as unknown as Context, reason, about, ...(within.map(s) as [number?, number?]));
  expect(found('Evicted', 'a1')).toBe(events[0]);
  expect(found('Killing', 'a2', 8, 8)).toBe(events[1]);
  for (const none of [
    found('Evicted', 'a2'),
    found('Killing', 'a1'),
    found('Evicted', 'a1', 5.1, 9),
    found('Evicted', 'a1', 1, 4.9),
  ])
    expect(none).toBeUndefined();
});
