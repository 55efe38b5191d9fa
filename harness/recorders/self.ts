import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';

/** Once a second: how late the harness's own event loop was, and how busy the machine. Returns the way to stop it. */
export function startSelfWatch(clock: Clock, append: (observation: NewObservation) => void): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  let before = { cpu: cpuTime(), pressure: pressureMicros(), t: clock.now() };
  const timer = setInterval(() => {
    const now = { cpu: cpuTime(), pressure: pressureMicros(), t: clock.now() };
    const total = now.cpu.total - before.cpu.total;
    const share = (part: number) => (total === 0 ? 0 : Math.round((part / total) * 1000) / 1000);
    append({
      type: 'self',
      t: now.t,
      // The histogram counts the timer's own 10 ms as delay.
      loopDelayMs: Math.max(0, Math.round(delay.max / 1e6) - 10),
      cpuBusy: share(total - (now.cpu.idle - before.cpu.idle)),
      cpuStolen: share(now.cpu.stolen - before.cpu.stolen),
      ...(now.pressure === undefined || before.pressure === undefined
        ? {}
        : { cpuPressure: Math.round(((now.pressure - before.pressure) * 1e6) / (now.t - before.t)) / 1000 }),
    });
    delay.reset();
    before = now;
  }, 1000);
  return () => {
    clearInterval(timer);
    delay.disable();
  };
}

interface CpuTime {
  idle: number;
  stolen: number;
  total: number;
}

/** From /proc/stat (proc(5)), because Node leaves out steal; elsewhere from Node. */
function cpuTime(): CpuTime {
  try {
    const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/);
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = fields.map(Number);
    return { idle: idle + iowait, stolen: steal, total: user + nice + system + idle + iowait + irq + softirq + steal };
  } catch {
    let [idle, total] = [0, 0];
    for (const { times } of cpus()) {
      idle += times.idle;
      total += times.user + times.nice + times.sys + times.irq + times.idle;
    }
    return { idle, stolen: 0, total };
  }
}

/** Total stall time in microseconds: "some avg10=0.00 avg60=0.00 avg300=0.00 total=123". */
function pressureMicros(): number | undefined {
  try {
    const match = /^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}
