import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { reconcile } from './reconcile.ts';

const up = (lanes: ('new' | 'kept' | 'kept-post')[] = ['kept'], logsRequestIds = true) =>
  threeUp(new HistoryBuilder({ lanes, logsRequestIds }));
const whole = (builder: HistoryBuilder, pod: string, until = 55, is = true) =>
  builder.add({ type: 'log', t: s(58), pod, container: 'app', from: s(1), until: s(until), whole: is });
const result = (builder: HistoryBuilder) => reconcile(builder.mark(60, 'tail-end').history());
const LOST = { status: 0, errorCode: 1220, error: 'read: connection reset by peer' };

test('what was sent, answered and handled', () => {
  const builder = whole(up(), 'a1').request(12, { lane: 'kept', request: 'kept-1-1', pod: 'a1' });
  builder.log(12, 'a1', 'handled', 'kept-1-1');
  expect(result(builder)).toEqual([
    {
      lane: 'kept',
      sent: 1,
      answered: 1,
      handled: 1,
      answeredNeverHandled: [],
      handledTwice: [],
      handledNeverAnswered: [],
      sentAgain: [],
      evidence: 'whole',
    },
  ]);
});

test('answered and not in the log of its pod, which was read whole', () => {
  const builder = whole(up(), 'a1').request(12, { lane: 'kept', request: 'kept-1-1', pod: 'a1' });
  expect(result(builder)[0]).toMatchObject({ handled: 0, answeredNeverHandled: ['kept-1-1'] });
});

test.each([
  ['a log that is not whole', 55, false, 'partial'],
  ['a log that was read only up to before the answer', 11, true, 'whole'],
])('%s proves no absence', (_, until, is, evidence) => {
  const builder = whole(up(), 'a1', until, is).request(12, { lane: 'kept', request: 'kept-1-1', pod: 'a1' });
  expect(result(builder)[0]).toMatchObject({ answeredNeverHandled: [], evidence });
});

test('the end of the log is in it, and so is its beginning; of two logs of a pod one that reaches it is enough', () => {
  const request = { lane: 'kept', request: 'kept-1-1', pod: 'a1', seconds: 0 } as const;
  const absent = (builder: HistoryBuilder) => result(builder.request(12, request))[0]!.answeredNeverHandled.length;
  const log = (builder: HistoryBuilder, from: number, until: number, is = true) =>
    builder.add({ type: 'log', t: s(58), pod: 'a1', container: 'app', from: s(from), until: s(until), whole: is });
  expect([absent(log(up(), 12, 20)), absent(log(up(), 1, 12)), absent(log(up(), 12.1, 20))]).toEqual([1, 1, 0]);
  expect(absent(log(log(up(), 1, 11), 11, 20))).toBe(1);
  // One of a sidecar's that is not whole may hold it.
  expect(absent(log(log(up(), 1, 20), 1, 20, false))).toBe(0);
  expect(absent(whole(up(), 'a2'))).toBe(0);
});

test('logs are whole where each of them is, and none was lost', () => {
  const evidence = (builder: HistoryBuilder) => result(builder.request(12, { lane: 'kept' }))[0]!.evidence;
  expect(evidence(whole(whole(up(), 'a1'), 'a2'))).toBe('whole');
  expect(evidence(whole(whole(up(), 'a1'), 'a2', 55, false))).toBe('partial');
  expect(evidence(up())).toBe('partial');
  expect(evidence(up(['kept'], false))).toBe('absent');
  const lost = { type: 'gap' as const, t: s(58), from: s(1), to: s(58), reason: '' };
  expect(evidence(whole(up(), 'a1').add({ ...lost, source: 'logs:a2/app' }))).toBe('partial');
  expect(evidence(whole(up(), 'a1').add({ ...lost, source: 'watch:Pod' }))).toBe('whole');
});

test('of nothing that began, nothing is said', () => {
  const history = up().request(12, { lane: 'kept' }).mark(60, 'tail-end').history();
  expect(reconcile({ ...history, started: undefined })).toEqual([]);
});

test('handled twice: the client sent it again, and both times it was done', () => {
  const builder = whole(up(), 'a1').request(12, { lane: 'kept', request: 'kept-1-1', pod: 'a2' });
  builder.log(12, 'a1', 'handled', 'kept-1-1').log(12.1, 'a2', 'handled', 'kept-1-1');
  expect(result(builder)[0]!.handledTwice).toEqual(['kept-1-1']);
});

test('handled, never answered', () => {
  const builder = whole(up(), 'a1').request(12, { lane: 'kept', request: 'kept-1-1', ...LOST });
  builder.log(12, 'a1', 'handled', 'kept-1-1');
  expect(result(builder)[0]!.handledNeverAnswered).toEqual(['kept-1-1']);
});

test('a reused connection that ends up at another pod: sent again in silence', () => {
  const builder = up().request(11, { lane: 'kept', request: 'kept-7-1', pod: 'a1', reused: true });
  builder.request(12, { lane: 'kept', request: 'kept-7-2', pod: 'a2', reused: true, seconds: 5 });
  builder.request(18, { lane: 'kept', request: 'kept-7-3', pod: 'a2', reused: true });
  expect(result(builder)[0]!.sentAgain).toEqual(['kept-7-2']);
});

test('behind a proxy a connection leads to every pod: nothing was sent again', () => {
  const builder = new HistoryBuilder({ lanes: ['kept'], target: 'http://localhost:8088' });
  threeUp(builder).request(11, { lane: 'kept', request: 'kept-7-1', pod: 'a1', reused: true });
  builder.request(12, { lane: 'kept', request: 'kept-7-2', pod: 'a2', reused: true });
  expect(result(builder)[0]!.sentAgain).toEqual([]);
});

test('a fresh connection to another pod is none', () => {
  const builder = up().request(11, { lane: 'kept', request: 'kept-7-1', pod: 'a1', reused: true });
  builder.request(12, { lane: 'kept', request: 'kept-7-2', pod: 'a2', reused: false });
  expect(result(builder)[0]!.sentAgain).toEqual([]);
});

test('a service that logs no ids: the evidence is absent, and said to be', () => {
  const builder = up(['new'], false).request(12, { request: 'new-1-1', pod: 'a1' });
  expect(result(builder)[0]).toMatchObject({ handled: 0, answeredNeverHandled: [], evidence: 'absent' });
});

test('a service that logs no ids is not told that its answers are in no log, however whole that is', () => {
  const builder = whole(up(['kept'], false), 'a1').request(12, { lane: 'kept', request: 'kept-1-1', pod: 'a1' });
  expect(result(builder)[0]).toMatchObject({ answeredNeverHandled: [], evidence: 'absent' });
});
