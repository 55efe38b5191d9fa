import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Nanos, NewObservation } from '../history/types.ts';
import { type Clock, type Clocks, clockSteps } from './clock.ts';

export interface SelfWatchOptions {
  /** The longest watch lag since it was last asked, milliseconds; undefined where none was measured. */
  watchLagMs?(): number | undefined;
  clocks?: Clocks;
}

/** Between two samples. */
const EVERY_MS = 1_000;
const UNNOTICED_MS = 100;

/** Beyond this, what the watches showed meanwhile is no evidence of when it happened: milliseconds. */
const HELD_UP_MS = 2_000;

/**
 * Once a second: how late the harness's own event loop was, how busy the machine, whether its wall clock was set, how far
 * watches lag behind. A loop that was held up for long is a fault of the machine as well. Returns the way to stop it.
 */
export function startSelfWatch(
  clock: Pick<Clock, 'now'>,
  append: (observation: NewObservation) => void,
  { watchLagMs, clocks }: SelfWatchOptions = {},
): () => void {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const clockStepMs = clockSteps(clocks);
  const read = () => ({ cpu: cpuTime(), pressure: pressureMicros(), t: clock.now() });
  let before = read();
  let heldUp: { from: Nanos; ms: number } | undefined;

  /** Ends with the sample after: by then, what had waited has been read. */
  function fault(to: Nanos): void {
    if (heldUp === undefined) return;
    const { from, ms } = heldUp;
    heldUp = undefined;
    append({ type: 'fault', t: to, source: 'harness', from, to, detail: `the harness was held up for ${ms} ms` });
  }

  const timer = setInterval(() => {
    const now = read();
    const total = now.cpu.total - before.cpu.total;
    // Of what the kernel counts, the time that is waited for input may fall (man 5 proc_stat).
    const share = (part: number) => (total <= 0 ? 0 : Math.round(Math.min(1, Math.max(0, part / total)) * 1000) / 1000);
    // The histogram counts the timer's own 10 ms as delay.
    const measuredMs = Math.max(0, Math.round(delay.max / 1e6) - 10);
    // After a reset the histogram only begins to measure with its next tick. What holds the process up before that shows in
    // how late this timer is; then it may have lasted for all of the time since the last sample.
    const sinceMs = Math.round((now.t - before.t) / 1e6);
    const loopDelayMs = sinceMs - EVERY_MS > Math.max(measuredMs, UNNOTICED_MS) ? sinceMs : measuredMs;
    const lagMs = watchLagMs?.();
    append({
      type: 'self',
      t: now.t,
      loopDelayMs,
      cpuBusy: share(total - (now.cpu.idle - before.cpu.idle)),
      cpuStolen: share(now.cpu.stolen - before.cpu.stolen),
      ...(now.pressure === undefined || before.pressure === undefined
        ? {}
        : {
            cpuPressure: Math.min(1, Math.round(((now.pressure - before.pressure) * 1e6) / (now.t - before.t)) / 1000),
          }),
      clockStepMs: clockStepMs(),
      ...(lagMs === undefined ? {} : { watchLagMs: lagMs }),
    });
    fault(now.t);
    // Its end may be no more than a second ago: this timer may have run before the one that measures the delay.
    if (loopDelayMs > HELD_UP_MS) heldUp = { from: now.t - (loopDelayMs + 1000) * 1e6, ms: loopDelayMs };
    delay.reset();
    before = now;
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    delay.disable();
    fault(clock.now());
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
