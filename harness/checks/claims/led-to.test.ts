import { expect, test } from 'vitest';
import { podLives } from '../../history/pod-lives.ts';
import { HistoryBuilder } from '../../history/testing/build.ts';
import { ledTo } from './led-to.ts';

/** Two pods that had the address .7 one after the other, and one that has .8. */
function pods(): HistoryBuilder {
  const builder = new HistoryBuilder({ lanes: ['new', 'kept'] }).deployment(1).replicaSet(1, 'web-a', 1, 2);
  builder.pod(1, 'first', { ip: '10.0.0.7' }).pod(1, 'other', { ip: '10.0.0.8' }).gone(10, 'first');
  return builder.pod(12, 'late').pod(15, 'late', { ip: '10.0.0.7' });
}

/** Where the last request of a history was led to. */
function led(builder: HistoryBuilder): string | undefined {
  const history = builder.history();
  return ledTo(history, podLives(history))(history.requests.at(-1)!);
}

const LOST = { status: 0, pod: '' };

test('by its answer, before all else', () => {
  const request = { request: 'new-1-9', pod: 'other', localPort: 40_001 };
  expect(led(pods().flow(5, '10.0.0.7', 40_001).log(5, 'first', 'handled', 'new-1-9').request(5, request))).toBe(
    'other',
  );
});

test('by the log of the pod that got it, before its connection', () => {
  const request = { ...LOST, request: 'new-1-9', localPort: 40_001 };
  const builder = pods().flow(5, '10.0.0.8', 40_001).log(4, 'other', 'listening').log(5, 'first', 'handled', 'new-1-9');
  expect(led(builder.request(5, request))).toBe('first');
  expect(led(pods().log(5, 'other', 'handled', 'new-1-8').request(5, request))).toBeUndefined();
});

test('by its connection, where the client’s port is known: the last one that was opened from it by then', () => {
  const builder = () => pods().flow(4, '10.0.0.8', 40_001).flow(5, '10.0.0.7', 40_001).flow(6, '10.0.0.8', 40_001);
  expect(led(builder().request(5.1, { ...LOST, localPort: 40_001 }))).toBe('first');
  expect(led(builder().request(5.1, { ...LOST, localPort: 40_002 }))).toBeUndefined();
  expect(led(builder().request(5.1, LOST))).toBeUndefined();
  // At the instant at which it ends.
  expect(led(builder().request(5.99, { ...LOST, localPort: 40_001, seconds: 0.01 }))).toBe('other');
  const client = { client: '172.18.0.2', clientPort: 40_001, service: '10.96.0.7', servicePort: 80 };
  const ended = builder().add({
    type: 'flow',
    t: 5.05e9,
    event: 'end',
    flow: '1',
    ...client,
    pod: '10.0.0.8',
    podPort: 1,
  });
  expect(led(ended.request(5.1, { ...LOST, localPort: 40_001 }))).toBe('first');
});

test('an address is that of the pod that had it last by then: from when it had it', () => {
  const at = (t: number) =>
    led(
      pods()
        .flow(t, '10.0.0.7', 40_001)
        .request(t, { ...LOST, localPort: 40_001 }),
    );
  expect([5, 14.9, 15, 20].map(at)).toEqual(['first', 'first', 'late', 'late']);
  expect(
    led(
      pods()
        .flow(5, '10.0.0.9', 40_001)
        .request(5, { ...LOST, localPort: 40_001 }),
    ),
  ).toBeUndefined();
});

test('by the answer before it on its connection', () => {
  const kept = { lane: 'kept', request: 'kept-1-1', pod: 'other' } as const;
  const lost = { ...LOST, lane: 'kept', request: 'kept-1-2' } as const;
  expect(
    led(
      pods()
        .request(5, kept)
        .request(6, { ...lost, reused: true }),
    ),
  ).toBe('other');
  expect(led(pods().request(5, kept).request(6, lost))).toBeUndefined();
});
