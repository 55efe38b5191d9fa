import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { processorWait, STARVED, starved } from './starved.ts';

/** The judged span goes from 10 to 20. */
const waits = (...told: [number, number?][]) => {
  const builder = threeUp();
  for (const [at, cpuPressure] of told)
    builder.add({
      type: 'self',
      t: s(at),
      loopDelayMs: 3,
      cpuBusy: 0.4,
      ...(cpuPressure === undefined ? {} : { cpuPressure }),
    });
  return builder.mark(20, 'tail-end').history();
};

test('the mean of what was measured in the judged span', () => {
  const history = waits([9, 1], [10, 0.2], [11, 0.4], [12], [13, 0.6], [14, 0.8], [15, 1], [20, 0]);
  expect(processorWait(history)).toBeCloseTo(0.6, 12);
  expect(starved(history)).toBe(false);
});

test('of fewer than five seconds nobody knows', () => {
  const four = [10, 11, 12, 13].map((at): [number, number] => [at, 1]);
  expect(processorWait(waits(...four, [14]))).toBeUndefined();
  expect(starved(waits(...four))).toBe(false);
  expect(processorWait(waits(...four, [14, 1]))).toBe(1);
});

test('starved is from nine tenths on', () => {
  const all = (wait: number) => waits(...[10, 11, 12, 13, 14].map((at): [number, number] => [at, wait]));
  expect([0.875, STARVED, 1].map((wait) => starved(all(wait)))).toEqual([false, true, true]);
});

test('without a transition nothing was judged', () => {
  const builder = new HistoryBuilder();
  for (let at = 1; at < 9; at++) builder.add({ type: 'self', t: s(at), loopDelayMs: 3, cpuBusy: 0.4, cpuPressure: 1 });
  expect(processorWait(builder.history())).toBeUndefined();
});
