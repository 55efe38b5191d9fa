import type { LaneName, LanePlan, LoadPlan } from '../history/types.ts';

export interface LoadSettings {
  /** Requests a second in each lane. Default 60: three lanes of it, and all that answers them, leave a third of 2 cores free. */
  rate?: number;
  /** Default new, kept, kept-post. The control lane always runs beside them. */
  lanes?: LaneName[];
  path?: string;
  /** Seconds of load on the untouched service before the transition. Default 10. */
  baselineSeconds?: number;
  /** Milliseconds. Default 15,000: above the longest hang that a terminating pod of the sample services causes. */
  timeoutMs?: number;
  good?: [number, number][];
}

/** Requests a second of the control lane: enough to see a machine that stalls, too few to disturb. */
const CONTROL_RATE = 20;

const LANES: Record<Exclude<LaneName, 'slow' | 'stream'>, Pick<LanePlan, 'method' | 'connection'>> = {
  new: { method: 'GET', connection: 'new' },
  kept: { method: 'GET', connection: 'reused' },
  'kept-post': { method: 'POST', connection: 'reused' },
  control: { method: 'GET', connection: 'reused' },
};

/** Lanes that can be driven today. */
export const KNOWN_LANES = Object.keys(LANES) as (keyof typeof LANES)[];

export function planLoad(settings: LoadSettings = {}, rateOverride?: number): LoadPlan {
  const rate = rateOverride ?? settings.rate ?? 60;
  const asked = settings.lanes ?? ['new', 'kept', 'kept-post'];
  const lanes = asked.map((name) => lane(name, rate));
  return {
    path: settings.path ?? '/api/data',
    lanes: [...lanes, lane('control', CONTROL_RATE)],
    timeoutMs: settings.timeoutMs ?? 15_000,
    good: settings.good ?? [[200, 399]],
    // Five seconds' worth: less than any roll takes, so that fewer mean that the load did not run.
    minRequests: rate * 5,
  };
}

function lane(name: LaneName, rate: number): LanePlan {
  const plan = LANES[name as keyof typeof LANES];
  if (plan === undefined) throw new Error(`lane ${name} cannot be driven yet; known are ${KNOWN_LANES.join(', ')}`);
  return { name, rate, ...plan, ...(plan.connection === 'reused' ? { connections: connectionsFor(rate) } : {}) };
}

/**
 * Each connection is used about once a second, so that no server calls it idle; and a machine that stalls for a whole
 * second, or half of the connections hanging on terminating pods, still leaves one free for each request.
 */
const connectionsFor = (rate: number) => Math.max(4, rate);
