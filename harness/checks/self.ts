import { judgedSpan, ofType, requestsIn, type ScenarioHistory, within } from '../history/select.ts';
import type { Nanos, Observation, SelfSample } from '../history/types.ts';
import { controlLost, controlProbes, recordedFaults } from './fault-spans.ts';
import { processorWait } from './starved.ts';
import type { Finding } from './types.ts';

/** An event loop that was held up for longer than this stamps watch events too late to be evidence; so does a watch that lags so far. */
const LATE_LIMIT_MS = 2_000;

/**
 * What containers stamp is wall clock, what the harness stamps is monotonic: they are joined to well below this. Slewing
 * and the reading of two clocks leave a few milliseconds.
 */
const CLOCK_LIMIT_MS = 100;

/** What was not fit to judge, and what would be. */
interface Unfit {
  text: string;
  needed: string;
  witnesses: string[];
}

const STRONGER = 'a run on a machine with more processor time to spare, or with a lower --rate';
const STEADY_CLOCK = 'a run while nobody sets the wall clock: let time synchronisation settle first';

/**
 * The harness and its machine were fit to judge: an event loop in time, watches in time, a wall clock that nobody set, no
 * recorded fault, and a control lane without a loss. Never a fail.
 */
export function self(history: ScenarioHistory): Finding {
  const span = judgedSpan(history);
  const inSpan = ({ t }: { t: Nanos }) => span !== undefined && within(span, t);
  const all = ofType(history, 'self').toSorted((a, b) => a.t - b.t);
  const samples = all.filter(inSpan);
  const control = requestsIn(history, 'control').filter(inSpan);
  const lost = controlLost(history).filter(inSpan);
  const late = samples.filter(({ loopDelayMs }) => loopDelayMs > LATE_LIMIT_MS);
  const lagging = samples.filter(({ watchLagMs = 0 }) => watchLagMs > LATE_LIMIT_MS);
  const clock = clockOf(all, inSpan);
  // The harness's own says what its samples say.
  const faults = recordedFaults(history).filter(
    ({ source, from, to }) =>
      span !== undefined && to > span.from && from < span.to && !(source === 'harness' && late[0]),
  );
  const unfit: Unfit[] = [
    ...(span !== undefined && samples.length < (span.to - span.from) / LONGEST_UNWATCHED
      ? [{ text: 'the harness did not watch itself', needed: 'a whole history', witnesses: [] }]
      : []),
    ...(span !== undefined && controlWanted(history, span) > control.length
      ? [
          {
            text: `only ${control.length} requests went to the service that is never rolled`,
            needed: 'a whole history',
            witnesses: [],
          },
        ]
      : []),
    ...told(late, `the harness was held up for ${most(late, 'loopDelayMs')} ms`, STRONGER),
    ...told(lagging, `watches lagged behind by up to ${most(lagging, 'watchLagMs')} ms`, STRONGER),
    ...told(clock.set, `the wall clock was set: it was off by up to ${clock.mostMs} ms`, STEADY_CLOCK),
    ...told(faults, faults.map(({ source, detail }) => `${source}: ${detail}`).join(', '), 'a run without that fault'),
    ...told(
      lost,
      `${lost.length} of ${control.length} requests to the service that is never rolled were lost too`,
      STRONGER,
    ),
  ];
  return {
    name: 'self',
    verdict: unfit.length > 0 ? 'inconclusive' : 'pass',
    examined: samples.length + control.length,
    witnesses: [...new Set(unfit.flatMap(({ witnesses }) => witnesses))],
    detail: unfit.length > 0 ? tellUnfit(unfit) : tellFit(history, samples, control.length, clock.mostMs, inSpan),
  };
}

/** There is a sample each second. */
const LONGEST_UNWATCHED: Nanos = 30e9;

/** A tenth of what the plan says: fewer show nothing of the machine. */
function controlWanted({ started }: ScenarioHistory, { from, to }: { from: Nanos; to: Nanos }): number {
  const rate = started?.load.lanes.find(({ name }) => name === 'control')?.rate ?? 0;
  return (rate * (to - from)) / 1e9 / 10;
}

function told(found: Observation[], text: string, needed: string): Unfit[] {
  return found.length === 0 ? [] : [{ text, needed, witnesses: found.map(({ id }) => id) }];
}

function tellUnfit(unfit: Unfit[]): string {
  const needed = [...new Set(unfit.map((one) => one.needed))];
  return `${unfit.map(({ text }) => text).join('; ')}; needed: ${needed.join('; ')}`;
}

function tellFit(
  history: ScenarioHistory,
  samples: SelfSample[],
  control: number,
  clockMs: number,
  inSpan: (one: { t: Nanos }) => boolean,
): string {
  const mean = samples.reduce((sum, { cpuBusy }) => sum + cpuBusy, 0) / Math.max(1, samples.length);
  const percent = (share: number) => `${(share * 100).toFixed(0)}%`;
  const wait = processorWait(history);
  const lags = samples.some(({ watchLagMs }) => watchLagMs !== undefined);
  return [
    `event loop late by ${most(samples, 'loopDelayMs')} ms at most`,
    lags ? `watches by ${most(samples, 'watchLagMs')} ms` : 'how late watches were was not measured',
    `wall clock off by ${clockMs} ms`,
    `processor ${percent(mean)} busy, at most ${percent(most(samples, 'cpuStolen'))} of it taken by the host`,
    ...(wait === undefined ? [] : [`something waited for one for ${percent(wait)} of the time`]),
    `control lane lost 0 of ${control}, its probe failed ${controlProbes(history).filter(inSpan).length} times`,
  ].join(', ');
}

const most = (samples: SelfSample[], field: 'loopDelayMs' | 'watchLagMs' | 'cpuStolen'): number =>
  Math.max(0, ...samples.map((sample) => sample[field] ?? 0));

/**
 * The samples of the span at which the wall clock was set, or was off from what it had been when the scenario began: the
 * steps add up.
 */
function clockOf(all: SelfSample[], inSpan: (one: SelfSample) => boolean): { set: SelfSample[]; mostMs: number } {
  let sum = 0;
  let mostMs = 0;
  const set: SelfSample[] = [];
  for (const sample of all) {
    const step = sample.clockStepMs ?? 0;
    sum += step;
    if (!inSpan(sample)) continue;
    const off = Math.max(Math.abs(step), Math.abs(sum));
    mostMs = Math.max(mostMs, Math.round(off));
    if (off > CLOCK_LIMIT_MS) set.push(sample);
  }
  return { set, mostMs };
}
