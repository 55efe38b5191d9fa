import { judgedSpan, type ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { blindSpans, seen, unlessBlind } from './blind.ts';
import { type Dip, dips } from './dips.ts';
import { counts } from './moments.ts';
import type { Finding } from './types.ts';

const DEFAULT_MAX_LAG_MS = 5_000;

interface Shortfall {
  /** Its witness: what opened it. */
  id: string;
  from: Nanos;
  to: Nanos;
}

/** The Service has at least R − U ready endpoints; a shortfall may last as long as the slice lags behind, no longer. */
export function endpoints(history: ScenarioHistory): Finding {
  const blind = blindSpans(history, ['EndpointSlice', 'Deployment']);
  const end = judgedSpan(history)?.to ?? 0;
  const all = seen(counts(history), blind, end);
  const shortfalls: Shortfall[] = [];
  for (const [index, count] of all.entries()) {
    if (count.endpoints >= count.floor) continue;
    const until = all[index + 1]?.t ?? end;
    // What may have been made up for while nobody looked is not counted as lasting.
    const to = blind.find(({ from }) => from >= count.t && from < until)?.from ?? until;
    const last = shortfalls.at(-1);
    if (last?.to === count.t) last.to = to;
    else shortfalls.push({ id: count.id, from: count.t, to });
  }
  const limit = history.started?.expectation.maxLagMs ?? DEFAULT_MAX_LAG_MS;
  const tooLong = shortfalls.filter((one) => lasted(one) > limit);
  const excused = tooLong.length === 0 ? [] : dips(history, all).filter(({ excuse }) => excuse !== undefined);
  const beside = excused.filter((dip) => tooLong.some((one) => liesBeside(one, dip)));
  const proven = tooLong.filter((one) => !excused.some((dip) => liesBeside(one, dip)));
  return unlessBlind(
    {
      name: 'endpoints',
      verdict: proven.length > 0 ? 'fail' : tooLong.length > 0 ? 'inconclusive' : 'pass',
      examined: all.length,
      witnesses: (proven.length > 0 ? proven : tooLong).map(({ id }) => id),
      detail: `longest shortfall ${Math.max(0, ...shortfalls.map(lasted)).toFixed(0)} ms, limit ${limit} ms${[...new Set(beside.map(({ excuse }) => EXCUSES[excuse!]))].join('')}`,
    },
    blind,
  );
}

const EXCUSES = {
  'no-processor': '; probes had timed out while the machine had no processor to spare',
  node: '; a node had given up a pod',
};

/** The slice follows what the pods are. */
const liesBeside = ({ from }: Shortfall, dip: Dip): boolean =>
  from >= dip.from && from <= (dip.to ?? Number.POSITIVE_INFINITY);

/** Milliseconds. */
const lasted = ({ from, to }: Shortfall): number => (to - from) / 1e6;
