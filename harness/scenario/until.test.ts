import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { often, steady, waiter } from './until.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const later = (ms: number) => {
  const at = performance.now() + ms;
  return () => performance.now() >= at;
};

test('what comes to hold is waited for, and no longer; what does not, as long as the budget', async () => {
  const until = waiter(new AbortController().signal);
  const begun = performance.now();
  const held = until(later(500), 1_000);
  await vi.advanceTimersByTimeAsync(500);
  expect(await held).toBe(true);
  expect(performance.now() - begun).toBe(500);
  const never = until(() => false, 1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await never).toBe(false);
  expect(performance.now() - begun).toBe(1_500);
});

test('a run that is stopped waits for nothing more', async () => {
  const stop = new AbortController();
  const waiting = waiter(stop.signal)(() => false, 60_000);
  waiting.catch(() => {});
  stop.abort(new Error('the run was stopped'));
  await vi.advanceTimersByTimeAsync(20);
  await expect(waiting).rejects.toThrow('the run was stopped');
});

test('steady is what has held at every look for so long', () => {
  let holds = true;
  const one = steady(() => holds, 1_000);
  expect(one()).toBe(false);
  vi.advanceTimersByTime(600);
  holds = false;
  expect(one()).toBe(false);
  holds = true;
  vi.advanceTimersByTime(999);
  expect(one()).toBe(false);
  vi.advanceTimersByTime(1);
  expect(one()).toBe(true);
});

test('often is what has held at so many looks on end, however long they took', () => {
  let holds = true;
  const one = often(() => holds, 3);
  expect(one()).toBe(false);
  vi.advanceTimersByTime(3_600_000);
  expect(one()).toBe(false);
  holds = false;
  expect(one()).toBe(false);
  holds = true;
  expect([one(), one(), one(), one()]).toEqual([false, false, true, true]);
});
