import type { Density } from '../timeline/types.ts';
import { inColumns, startingIn } from './lost.ts';
import { type Canvas, cross, line, type Shape } from './shapes.ts';
import type { View } from './view.ts';

/** One lane's row: how many requests began when, and above it a mark for each that was lost. */
export function laneRow(canvas: Canvas, view: View, index: number, middle: number, row: number): Shape {
  const { density } = view.timeline;
  const { look } = view;
  const lane = density.lanes[index]!;
  const { most } = view.lanes[index]!;
  const [top, base] = [middle - row * 0.32, middle + row * 0.42];
  const area = (pick: (bin: number) => number, fill: string, opacity: number): Shape[] => {
    const points = outline(
      canvas,
      density,
      pick,
      (count) => base - ((base - top) * Math.min(count, most)) / most,
      base,
    );
    return points.length < 3 ? [] : [{ type: 'polygon', shape: { points }, style: { fill, opacity } }];
  };
  return {
    type: 'group',
    children: [
      line([canvas.x, base], [canvas.x + canvas.width, base], { stroke: look.line, lineWidth: 1 }),
      ...area((bin) => lane.good[bin]! + lane.stalled[bin]! + lane.dropped[bin]!, look.good, 0.55),
      ...area((bin) => lane.stalled[bin]! + lane.dropped[bin]!, look.stall, 0.9),
      ...area((bin) => lane.dropped[bin]!, look.drop, 0.9),
      ...lostMarks(canvas, view, index, middle - row * 0.36),
    ],
  };
}

/** Steps, as bins are: a slope would invent requests. */
function outline(
  canvas: Canvas,
  { binMs, from, lanes }: Density,
  pick: (bin: number) => number,
  toY: (count: number) => number,
  base: number,
): [number, number][] {
  const first = Math.max(0, Math.floor((canvas.from - from) / binMs));
  const last = Math.min((lanes[0]?.good.length ?? 0) - 1, Math.ceil((canvas.to - from) / binMs));
  const points: [number, number][] = [];
  const clip = (x: number) => Math.min(Math.max(x, canvas.x), canvas.x + canvas.width);
  for (let bin = first; bin <= last; bin++) {
    const y = toY(pick(bin));
    points.push([clip(canvas.toX(from + bin * binMs)), y], [clip(canvas.toX(from + (bin + 1) * binMs)), y]);
  }
  const [begin, end] = [points[0], points.at(-1)];
  return begin === undefined || end === undefined ? [] : [[begin[0], base], ...points, [end[0], base]];
}

function lostMarks(canvas: Canvas, { lanes, look }: View, index: number, y: number): Shape[] {
  const { drops, stalls } = lanes[index]!;
  const own = <T extends { t: number }>(all: T[]) => inColumns(startingIn(all, canvas.from, canvas.to), canvas.toX, 3);
  return [
    ...own(stalls).map(
      ({ x }): Shape => ({
        type: 'circle',
        shape: { cx: x, cy: y, r: 3 },
        style: { fill: look.paper, stroke: look.stall, lineWidth: 2 },
      }),
    ),
    ...own(drops).flatMap(({ x, all }) => cross(x, y, all.length > 1 ? 4 : 3, look.drop)),
  ];
}
