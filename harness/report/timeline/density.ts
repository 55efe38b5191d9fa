import { durationMs } from '../../checks/good.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { RequestSeen } from '../../history/types.ts';
import type { Clock } from './clock.ts';
import type { Density } from './types.ts';

/** More bins than a screen has columns show nothing more, until one zooms in; a few times as many are enough for that. */
const MOST_BINS = 1_200;
/** Widths that a person can read off. */
const WIDTHS_MS = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

/** Counts requests by lane and start. Its size depends on the span alone, however many requests there were. */
export function densityOf(
  { requests, started }: ScenarioHistory,
  clock: Clock,
  { dropped, stalled }: { dropped: Set<RequestSeen>; stalled: Set<RequestSeen> },
): Density {
  const span = clock.to - clock.from;
  const binMs = WIDTHS_MS.find((width) => span / width <= MOST_BINS) ?? span / MOST_BINS;
  const from = Math.floor(clock.from / binMs) * binMs;
  const bins = Math.ceil((clock.to - from) / binMs) + 1;
  const names = [...new Set([...(started?.load.lanes ?? []).map(({ name }) => name), ...requests.map(laneOf)])];
  const lanes = new Map(names.map((name) => [name, emptyLane(name, bins)]));
  for (const request of requests) {
    const bin = Math.floor((clock.ms(request.t) - from) / binMs);
    if (bin < 0 || bin >= bins) continue;
    const lane = lanes.get(request.lane)!;
    const counts = dropped.has(request) ? lane.dropped : stalled.has(request) ? lane.stalled : lane.good;
    counts[bin]! += 1;
    lane.slowestMs[bin] = Math.max(lane.slowestMs[bin]!, Math.round(durationMs(request)));
  }
  return { binMs, from, lanes: [...lanes.values()] };
}

const laneOf = ({ lane }: { lane: string }) => lane;

function emptyLane(name: string, bins: number): Density['lanes'][number] {
  const zeros = () => new Array<number>(bins).fill(0);
  return { name, good: zeros(), dropped: zeros(), stalled: zeros(), slowestMs: zeros() };
}
