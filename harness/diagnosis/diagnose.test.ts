import { expect, test } from 'vitest';
import { drops } from '../checks/drops.ts';
import { HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { diagnose } from './diagnose.ts';

const RESET = { status: 0, errorCode: 1220, error: 'read: connection reset by peer' };
const REFUSED = {
  status: 0,
  errorCode: 1212,
  error: 'dial tcp: connection refused',
  phases: { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 },
};

const causes = (builder: HistoryBuilder) => {
  const history = builder.mark(60, 'tail-end').history();
  return diagnose(history, drops(history)).map(({ cause, count, confidence }) => [cause, count, confidence]);
};

/** Pod a1 is deleted at 12 and out of the slice at 12.1. */
function deletion(builder = threeUp(), exitCode = 0, endsAt = 17): HistoryBuilder {
  for (const name of ['a1', 'a2', 'a3']) builder.log(1, name, 'listening');
  builder.pod(12, 'a1', { terminating: true }).slice(12.1, ['a2', 'a3'], ['a1']);
  return builder.pod(endsAt + 0.4, 'a1', { terminating: true, ready: false, exitCode }).gone(endsAt + 2, 'a1');
}

test('the handler sleeps in the accept loop: connected, never handled, reset as the process ends', () => {
  const builder = deletion().log(12.05, 'a1', 'sigterm').log(17.05, 'a1', 'exit');
  builder.request(12.3, { ...RESET, seconds: 4.8 });
  expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'likely']]);
});

test('the same on a connection whose pod is known from the answer before it is certain', () => {
  const builder = deletion().log(12.05, 'a1', 'sigterm').log(17.05, 'a1', 'exit');
  builder.request(11.5, { lane: 'kept-post', request: 'kept-post-41-7', reused: true, pod: 'a1' });
  builder.request(12.3, { ...RESET, lane: 'kept-post', request: 'kept-post-41-8', reused: true, seconds: 4.8 });
  expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'certain']]);
});

test('left in a full accept queue, reset when its data is sent again', () => {
  const builder = deletion()
    .log(12.05, 'a1', 'sigterm')
    .log(17.05, 'a1', 'exit')
    .request(13, { ...RESET, seconds: 6.4 });
  expect(causes(builder)).toEqual([['accept-loop-blocked', 1, 'likely']]);
});

test('503 from a pod that is being deleted', () => {
  const builder = deletion()
    .log(12.05, 'a1', 'sigterm')
    .log(17.05, 'a1', 'exit')
    .request(12.2, { status: 503, errorCode: 1503, pod: 'a1' });
  expect(causes(builder)).toEqual([['unready-while-draining', 1, 'certain']]);
});

test('503 from a pod that is not, is not put down to draining', () => {
  expect(causes(deletion().request(12.2, { status: 503, errorCode: 1503, pod: 'a2' }))).toEqual([
    ['unattributed', 1, 'unattributed'],
  ]);
});

test('exit at once: what was in flight is reset, what comes after is refused', () => {
  const builder = deletion(threeUp(), 0, 12).log(12.02, 'a1', 'sigterm').log(12.03, 'a1', 'exit');
  builder.request(11.99, { ...RESET, seconds: 0.05 }).request(12.3, REFUSED);
  expect(causes(builder)).toEqual([['exits-without-draining', 2, 'likely']]);
});

test('SIGTERM never arrives: SIGKILL after the whole grace period', () => {
  const builder = deletion(threeUp(), 137, 42);
  builder.request(41, { lane: 'kept-post', request: 'kept-post-3-1', reused: true, pod: 'a1' });
  builder.request(41.9, { ...RESET, lane: 'kept-post', request: 'kept-post-3-2', reused: true, seconds: 0.2 });
  expect(causes(builder)).toEqual([['sigterm-ignored', 1, 'certain']]);
});

test('SIGTERM arrives, and SIGKILL too: the grace period is too short', () => {
  const builder = deletion(threeUp(), 137, 42)
    .log(12.02, 'a1', 'sigterm')
    .request(40, { ...RESET, seconds: 2.1 });
  builder.observations.push({
    ...builder.observations.at(-1)!,
    id: 'y',
    type: 'server',
    pod: 'a1',
    version: '',
    event: 'handled',
    request: 'z',
    t: 13e9,
  } as never);
  expect(causes(builder)).toEqual([['grace-too-short', 1, 'likely']]);
});

test('a pod that drains well but closes an idle connection under a request', () => {
  const builder = deletion().log(12.05, 'a1', 'sigterm').log(14, 'a1', 'handled', 'other').log(17.05, 'a1', 'exit');
  builder.request(16.5, { lane: 'kept-post', request: 'kept-post-9-1', reused: true, pod: 'a1' });
  builder.request(17.04, { ...RESET, lane: 'kept-post', request: 'kept-post-9-2', reused: true, seconds: 0.01 });
  expect(causes(builder)).toEqual([['keepalive-cut', 1, 'certain']]);
});

test('a proxy that still sends to a pod that ended in order', () => {
  const builder = deletion()
    .log(12.05, 'a1', 'sigterm')
    .log(14, 'a1', 'handled', 'other')
    .log(17.05, 'a1', 'exit')
    .request(17.5, REFUSED);
  expect(causes(builder)).toEqual([['endpoint-lag', 1, 'likely']]);
});

test('a pod without a probe takes traffic before it listens', () => {
  const builder = threeUp()
    .pod(12, 'b1', { owner: 'web-a', probe: false })
    .slice(12.1, ['a1', 'a2', 'a3', 'b1'])
    .log(17, 'b1', 'listening')
    .request(13, REFUSED);
  expect(causes(builder)).toEqual([['no-readiness-probe', 1, 'likely']]);
});

test.each([
  ['strategy-recreate', { recreate: true }],
  ['single-replica-unavailable', { replicas: 1, surge: 0, unavailable: 1 }],
])('%s: refused while no endpoint is ready', (cause, deployment) => {
  const builder = threeUp(new HistoryBuilder(), deployment).slice(12, []).request(13, REFUSED);
  expect(causes(builder)).toEqual([[cause, 1, 'certain']]);
});

/** a1 and a2 end at the same time. */
function twoEnds(secondSigterm: boolean): HistoryBuilder {
  const builder = deletion().log(12.05, 'a1', 'sigterm').log(17.05, 'a1', 'exit');
  builder.pod(12, 'a2', { terminating: true }).log(17.1, 'a2', 'exit').gone(19, 'a2');
  if (secondSigterm) builder.log(12.05, 'a2', 'sigterm');
  return builder.request(12.3, { ...RESET, seconds: 4.8 });
}

test('two pods that may both have been it, and ended alike: the cause is known, the pod is not', () => {
  expect(causes(twoEnds(true))).toEqual([['accept-loop-blocked', 1, 'likely']]);
});

test('two pods that may both have been it, and ended differently: unattributed, never guessed', () => {
  expect(causes(twoEnds(false))).toEqual([['unattributed', 1, 'unattributed']]);
});

test('a SYN that nobody answers runs into the time-out: no connection came about', () => {
  const builder = deletion(threeUp(), 0, 12).log(12.02, 'a1', 'sigterm').log(12.03, 'a1', 'exit');
  builder.request(13, { ...REFUSED, errorCode: 1050, error: 'request timeout', seconds: 15 });
  expect(causes(builder)).toEqual([['exits-without-draining', 1, 'likely']]);
});

test('once a later pod has answered a new connection, the proxy has forgotten the removed one', () => {
  const builder = deletion(threeUp(), 0, 12).log(12.02, 'a1', 'sigterm').log(12.03, 'a1', 'exit');
  builder
    .pod(13, 'b1', { owner: 'web-a' })
    .slice(13.1, ['a2', 'a3', 'b1'], ['a1'])
    .request(13.5, { pod: 'b1' })
    .request(14, REFUSED);
  expect(causes(builder)).toEqual([['unattributed', 1, 'unattributed']]);
});

test('a reset in the middle of nowhere is unattributed', () => {
  expect(causes(deletion().request(30, { ...RESET, seconds: 0.1 }))).toEqual([['unattributed', 1, 'unattributed']]);
});

test('each drop counts once', () => {
  const builder = deletion().log(12.05, 'a1', 'sigterm').log(17.05, 'a1', 'exit');
  for (let i = 0; i < 5; i += 1) builder.request(12.3 + i / 10, { ...RESET, seconds: 4.8 - i / 10 });
  builder.request(30, { ...RESET, seconds: 0.1 }).request(12.2, { status: 503, errorCode: 1503, pod: 'a1' });
  const history = builder.mark(60, 'tail-end').history();
  expect(diagnose(history, drops(history)).reduce((sum, { count }) => sum + count, 0)).toBe(7);
});
