import type { DropMark, StallMark, Timeline } from '../timeline/types.ts';
import type { Look } from './look.ts';
import { type Lost, lostOf } from './lost.ts';

/** A timeline with what is looked up again at each drawing. */
export interface View {
  timeline: Timeline;
  look: Look;
  /** Drops and stalls together, ascending by start. */
  lost: Lost[];
  /** By index of the pod. */
  dropsOfPod: DropMark[][];
  /** By index of the lane; `most`: requests in a bin that fill the row. */
  lanes: { drops: DropMark[]; stalls: StallMark[]; most: number }[];
}

export function viewOf(timeline: Timeline, look: Look): View {
  const { drops, stalls, pods, density } = timeline;
  const byPod = Map.groupBy(drops, ({ pod }) => pod);
  const [dropsByLane, stallsByLane] = [Map.groupBy(drops, laneOf), Map.groupBy(stalls, laneOf)];
  return {
    timeline,
    look,
    lost: lostOf(timeline),
    dropsOfPod: pods.map((_, index) => byPod.get(index) ?? []),
    lanes: density.lanes.map((lane) => ({
      drops: dropsByLane.get(lane.name) ?? [],
      stalls: stallsByLane.get(lane.name) ?? [],
      most: usual(lane) * 2,
    })),
  };
}

/** The median of the bins that have requests: one that is crowded after a pause would make all others look empty. */
function usual({ good, dropped, stalled }: Timeline['density']['lanes'][number]): number {
  const counts = good.map((count, bin) => count + dropped[bin]! + stalled[bin]!).filter((count) => count > 0);
  return counts.sort((a, b) => a - b)[counts.length >> 1] ?? 1;
}

const laneOf = ({ lane }: { lane: string }) => lane;
