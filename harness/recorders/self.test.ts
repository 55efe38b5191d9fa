import { fork } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import type { FaultSeen, NewObservation, SelfSample } from '../history/types.ts';
import { startSelfWatch } from './self.ts';

vi.setConfig({ testTimeout: 30_000 });

type Sample = Omit<SelfSample, 'id' | 'scenario'>;
type Fault = Omit<FaultSeen, 'id' | 'scenario'>;
const samples = (seen: NewObservation[]) => seen.filter((one): one is Sample => one.type === 'self');
const faults = (seen: NewObservation[]) => seen.filter((one): one is Fault => one.type === 'fault');
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const until = (holds: () => boolean) => expect.poll(holds, { timeout: 20_000, interval: 20 }).toBe(true);

test('a process that is stopped for three seconds was late by as much, and its fault spans them', async () => {
  const seen: NewObservation[] = [];
  const child = fork(new URL('./testing/watched-process.ts', import.meta.url), { execArgv: [] });
  try {
    child.on('message', (observation: NewObservation) => seen.push(observation));
    await until(() => samples(seen).length >= 1);
    // Right after a sample: the histogram has just been reset, and measures nothing yet.
    child.kill('SIGSTOP');
    await wait(3_000);
    child.kill('SIGCONT');
    await until(() => faults(seen).length > 0);
  } finally {
    child.kill('SIGKILL');
  }
  const late = samples(seen).filter(({ loopDelayMs }) => loopDelayMs > 2_000);
  expect(late).toHaveLength(1);
  expect(late[0]!.loopDelayMs).toBeGreaterThan(2_900);
  const [fault] = faults(seen);
  expect(fault).toMatchObject({ source: 'harness', detail: `the harness was held up for ${late[0]!.loopDelayMs} ms` });
  // It was stopped inside of it, and what had waited for it was read by then.
  expect(fault!.to - fault!.from).toBeGreaterThan(3e9);
  expect(fault!.to).toBeGreaterThan(late[0]!.t);
  for (const { clockStepMs } of samples(seen)) expect(Math.abs(clockStepMs!)).toBeLessThan(100);
});

test('a sample says what was measured, and leaves out what was not', async () => {
  const seen: NewObservation[] = [];
  const lags = [undefined, 7];
  let wall = 0;
  const clocks = { wall: () => performance.now() + wall, monotonic: () => performance.now() };
  let t = 0;
  const clock = {
    now: () => {
      t += 1e9;
      return t;
    },
  };
  const append = (observation: NewObservation) => void seen.push(observation);
  const stop = startSelfWatch(clock, append, { watchLagMs: () => lags.shift(), clocks });
  await until(() => seen.length === 1);
  wall = 250;
  await until(() => seen.length === 2);
  stop();
  const [first, second] = samples(seen);
  expect(first).not.toHaveProperty('watchLagMs');
  expect(second).toMatchObject({ watchLagMs: 7 });
  expect(Math.abs(first!.clockStepMs!)).toBeLessThan(5);
  expect(Math.abs(second!.clockStepMs! - 250)).toBeLessThan(5);
  expect(first!.cpuBusy).toBeGreaterThanOrEqual(0);
  expect(first!.cpuBusy).toBeLessThanOrEqual(1);
});
