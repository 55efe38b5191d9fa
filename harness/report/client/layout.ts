import type { Timeline } from '../timeline/types.ts';

/** Where the parts of the chart lie, in CSS pixels. */
export interface Layout {
  left: number;
  right: number;
  height: number;
  waves: Part;
  counts: Part;
  pods: Part & { row: number };
  lanes: Part & { row: number };
  slider: Part;
}

export interface Part {
  top: number;
  height: number;
}

const GAP = 10;

export function layoutOf(timeline: Timeline, width: number): Layout {
  const narrow = width < 640;
  const count = Math.max(timeline.pods.length, 1);
  // Three pods are easy on the eye; a hundred still fit on a few screens.
  const row = count <= 12 ? 24 : count <= 40 ? 15 : 8;
  const lanes = Math.max(timeline.density.lanes.length, 1);
  const laneRow = narrow ? 30 : 38;
  let top = 4;
  const part = (height: number, before = GAP): Part => {
    const at = { top: top + before, height };
    top = at.top + height;
    return at;
  };
  return {
    left: narrow ? 64 : 132,
    right: narrow ? 10 : 24,
    waves: part(22, 0),
    counts: part(96, 4),
    pods: { ...part(count * row), row },
    lanes: { ...part(lanes * laneRow), row: laneRow },
    slider: part(22, 34),
    height: top + 14,
  };
}
