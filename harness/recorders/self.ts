import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';

/** Once a second: how late the harness's own event loop was, and how busy the machine. Returns the way to stop it. */
export function startSelfWatch(clock: Clock, append: (observation: NewObservation) => void): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let before = cpuTime();
  const timer = setInterval(() => {
    const now = cpuTime();
    const total = now.total - before.total;
    append({
      type: 'self',
      t: clock.now(),
      // The histogram counts the timer's own 10 ms as delay.
      loopDelayMs: Math.max(0, Math.round(delay.max / 1e6) - 10),
      cpuBusy: total === 0 ? 0 : Math.round((1 - (now.idle - before.idle) / total) * 1000) / 1000,
    });
    delay.reset();
    before = now;
  }, 1000);
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

function cpuTime(): { idle: number; total: number } {
  let [idle, total] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.irq + times.idle;
  }
  return { idle, total };
}
