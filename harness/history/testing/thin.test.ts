import { expect, test } from 'vitest';
import type { Observation, RequestSeen } from '../types.ts';
import { HistoryBuilder } from './build.ts';
import { thinBaseline } from './thin.ts';

/** 1,000 requests from 1 to 9 s by ten clients, every pod once in three, all of another duration; the trigger is at 10. */
function busy(count = 1000): HistoryBuilder {
  const builder = new HistoryBuilder().mark(0.5, 'load-ready').mark(10, 'trigger');
  for (let i = 0; i < count; i += 1) {
    const request = `new-${i % 10}-${i}`;
    const pod = `a${(i % 3) + 1}`;
    builder.request(1 + i * 0.008, { request, pod, seconds: 0.001 + ((i * 7919) % 1000) / 100_000 });
    builder.log(1.0005 + i * 0.008, pod, 'handled', request);
    builder.add({ type: 'flow', t: 1e9 + i * 8e6, event: 'new', flow: `${i}`, clientPort: i });
  }
  return builder;
}

const of = <T extends Observation['type']>(type: T, all: Observation[]) =>
  all.filter((one): one is Extract<Observation, { type: T }> => one.type === type);
const duration = ({ t, end }: RequestSeen) => end - t;

test('most of the baseline goes, with its lines and connections', () => {
  const thinned = thinBaseline(busy().observations);
  expect(of('request', thinned).length).toBe(100);
  expect(of('server', thinned).map(({ request }) => request)).toEqual(
    of('request', thinned).map(({ request }) => request),
  );
  expect(of('flow', thinned).length).toBeLessThan(750);
  expect(of('marker', thinned)).toHaveLength(2);
});

test.for([1000, 999, 137, 100, 3])('median and p99 of %i requests stay', (count) => {
  const { observations } = busy(count);
  expect(quantiles(thinBaseline(observations))).toEqual(quantiles(observations));
});

test('… also where many of the slow ones are needed', () => {
  const builder = busy();
  for (let i = 0; i < 5; i += 1)
    builder.request(2, { request: `new-1-${5000 + i}`, status: 500, errorCode: 1500, seconds: 0.5 + i / 10 });
  const thinned = thinBaseline(builder.observations);
  expect(quantiles(thinned)).toEqual(quantiles(builder.observations));
  expect(of('request', thinned)).toHaveLength(500);
});

function quantiles(all: Observation[]): (number | undefined)[] {
  const sorted = of('request', all)
    .map(duration)
    .sort((a, b) => a - b);
  return [0.5, 0.99].map((q) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]);
}

test.for([
  ['the first of each pod', ['new-0-0', 'new-1-1', 'new-2-2']],
  ['the last of each client', ['new-0-990', 'new-5-995', 'new-9-999']],
] as const)('%s stays', ([, ids]) => {
  expect(of('request', thinBaseline(busy().observations)).map(({ request }) => request)).toEqual(
    expect.arrayContaining([...ids]),
  );
});

test('what failed stays, and what began about when a judged request did', () => {
  const builder = busy();
  builder.request(3.0001, { request: 'new-3-5000', status: 500, errorCode: 1500, seconds: 0.005 });
  builder.request(5.0001, { request: 'new-4-5001', seconds: 0.005 });
  builder.request(5.1, { request: 'new-5-5002', seconds: 6 });
  const ids = of('request', thinBaseline(builder.observations)).map(({ request }) => request);
  expect(ids).toEqual(expect.arrayContaining(['new-3-5000', 'new-4-5001', 'new-5-5002']));
  expect(ids).not.toContain('new-7-7');
});

test('without a trigger everything is baseline, and all of it stays', () => {
  const whole = busy().observations.filter((one) => one.type !== 'marker');
  expect(thinBaseline(whole)).toEqual(whole);
});
