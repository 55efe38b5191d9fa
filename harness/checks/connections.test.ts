import { expect, test } from 'vitest';
import { HistoryBuilder } from '../history/testing/build.ts';
import type { LoadPlan, RequestSeen } from '../history/types.ts';
import { maybeProxied, podBefore } from './connections.ts';

/** Of each request, told as [VU, options]: the pod that its connection led to. */
function led(requests: [number, Partial<RequestSeen>][], target?: LoadPlan['target']): (string | undefined)[] {
  const builder = new HistoryBuilder({ lanes: ['kept'], ...(target === undefined ? {} : { target }) });
  for (const [n, [user, options]] of requests.entries())
    builder.request(6 + n, { lane: 'kept', request: `kept-${user}-${n}`, ...options });
  const history = builder.history();
  return history.requests.map(podBefore(history));
}

const LOST = { status: 0, errorCode: 1220 };

test('a kept connection leads where its user’s last answer came from', () => {
  expect(
    led([
      [1, { pod: 'a1' }],
      [2, { pod: 'a2' }],
      [1, { ...LOST, reused: true }],
      [2, { ...LOST, reused: true }],
    ]),
  ).toEqual(['a1', 'a2', 'a1', 'a2']);
});

test('a lost request leaves no connection', () => {
  expect(
    led([
      [1, { pod: 'a1' }],
      [1, { ...LOST, reused: true }],
      [1, { ...LOST, reused: true }],
    ]),
  ).toEqual(['a1', 'a1', undefined]);
});

test('nor does an answer that names no pod', () =>
  expect(
    led([
      [1, { pod: 'a1' }],
      [1, { reused: true }],
      [1, { ...LOST, reused: true }],
    ]),
  ).toEqual(['a1', 'a1', undefined]));

test('an answer on a connection of its own leads to the pod that it names', () =>
  expect(
    led([
      [1, { pod: 'a1' }],
      [1, { pod: 'a2' }],
      [1, { ...LOST, reused: true }],
      [1, {}],
    ]),
  ).toEqual(['a1', 'a2', 'a2', undefined]));

test('an answer on a kept connection that names another pod came from where the connection leads', () =>
  expect(
    led([
      [1, { pod: 'a1' }],
      [1, { pod: 'a2', reused: true }],
    ]),
  ).toEqual(['a1', 'a1']));

test('behind a proxy nobody knows', () => {
  const requests: [number, Partial<RequestSeen>][] = [
    [1, { pod: 'a1' }],
    [1, { ...LOST, reused: true }],
  ];
  expect(led(requests, 'http://127.0.0.1:8080')).toEqual([undefined, undefined]);
  expect(led(requests, 'nodePort')).toEqual(['a1', 'a1']);
  expect(led(requests, 'service')).toEqual(['a1', 'a1']);
  expect(maybeProxied(undefined)).toBe(false);
});
