import { expect, test } from 'vitest';
import { clockSince, clockSteps } from './clock.ts';

/** A machine whose clocks are set by the test. Reading the wall clock takes as long as `held` says, once. */
function machine() {
  const state = { wall: 1_795_000_000_000, monotonic: 5_000, held: 0 };
  const clocks = {
    wall() {
      const at = state.wall;
      state.wall += state.held;
      state.monotonic += state.held;
      state.held = 0;
      return at;
    },
    monotonic: () => state.monotonic,
  };
  const pass = (ms: number, set = 0) => {
    state.monotonic += ms;
    state.wall += ms + set;
  };
  return { state, clocks, pass };
}

test('a wall clock that is set is a step, once, forwards or backwards', () => {
  const { clocks, pass } = machine();
  const step = clockSteps(clocks);
  pass(1_000);
  expect(step()).toBe(0);
  pass(1_000, 3_600_000);
  expect(step()).toBe(3_600_000);
  pass(1_000);
  expect(step()).toBe(0);
  pass(1_000, -150);
  expect(step()).toBe(-150);
});

test('a machine that was suspended: only the wall clock went on', () => {
  const { clocks, state } = machine();
  const step = clockSteps(clocks);
  state.wall += 60_000;
  expect(step()).toBe(60_000);
});

test('a process that is held up between the two readings sees no step', () => {
  const { clocks, pass, state } = machine();
  const step = clockSteps(clocks);
  pass(1_000);
  state.held = 3_000;
  expect(step()).toBe(0);
  pass(1_000);
  expect(step()).toBe(0);
});

test("this machine's clocks stay together", async () => {
  const step = clockSteps();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(Math.abs(step())).toBeLessThan(10);
});

test('two clocks of one epoch agree, and stamp as containers do', () => {
  const epoch = new Date().toISOString();
  const [a, b] = [clockSince(epoch), clockSince(epoch)];
  expect(Math.abs(a.now() - b.now())).toBeLessThan(5e6);
  expect(Math.abs(a.toNanos(Date.now()) - a.now())).toBeLessThan(5e6);
  expect(a.toNanos(Date.parse(epoch) + 1.5)).toBe(1_500_000);
});
