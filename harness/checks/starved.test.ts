import { expect, test } from 'vitest';
import { HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import { processorWait, STARVED, starved, starvedAt } from './starved.ts';

/** The judged span goes from 10 to 20. */
const waits = (...told: [number, number?][]) => upTo(20, told);

function upTo(end: number, told: [number, number?][]) {
  const builder = threeUp();
  for (const [at, cpuPressure] of told)
    builder.add({
      type: 'self',
      t: s(at),
      loopDelayMs: 3,
      cpuBusy: 0.4,
      ...(cpuPressure === undefined ? {} : { cpuPressure }),
    });
  return builder.mark(end, 'tail-end').history();
}

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

test('about an instant: the ten seconds that it lies in the middle of, five samples at least, in whatever order they came', () => {
  /** Nothing had to wait later. */
  const idle = Array.from({ length: 20 }, (_, i): [number, number] => [30 + i, 0]);
  const about = (...told: [number, number?][]) => upTo(50, [...told, ...idle]);
  const busy = (...seconds: number[]) => about(...seconds.map((at): [number, number] => [at, 1]));
  const edges = [14, 14.01, 15, 15.01];
  expect(edges.map((at) => starvedAt(busy(19, 10, 12, 15, 17), s(at)))).toEqual([false, true, true, false]);
  expect([14, 15, 17].map((at) => starvedAt(busy(10, 11, 12, 13, 19), s(at)))).toEqual([false, true, false]);
  expect(starvedAt(busy(10, 12, 15, 17), s(15))).toBe(false);
  const mixed = about([10, 1], [11, 1], [12, 0.5], [13, 1], [14, 1], [20, 0], [21, 0], [22, 0]);
  expect([12, 14.9, 15.1].map((at) => starvedAt(mixed, s(at)))).toEqual([true, true, false]);
  // What was not measured is not zero.
  expect(starvedAt(about([10, 1], [11, 1], [12], [13, 1], [14, 1], [15, 1]), s(12))).toBe(true);
});

test('where it was so all along, it was so at each instant of it', () => {
  const wholly = (last: number) =>
    waits(
      ...[10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((at): [number, number] => [at, at < 16 ? 0.99 : last]),
      [20, 0],
    );
  // The mean of all ten is 0.914 and 0.894.
  expect([0.8, 0.75].map((last) => starvedAt(wholly(last), s(20)))).toEqual([true, false]);
});
