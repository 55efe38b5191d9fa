import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from 'echarts/types/dist/shared';

/** The part of ECharts' graphic elements that is used here. */
export interface Shape {
  type: 'rect' | 'line' | 'polygon' | 'text' | 'group' | 'circle';
  shape?: Record<string, unknown>;
  style?: Record<string, unknown>;
  children?: Shape[];
  silent?: boolean;
  x?: number;
  y?: number;
}

/** A grid on the screen, with the scale of time across it. */
export interface Canvas {
  x: number;
  y: number;
  width: number;
  height: number;
  toX(t: number): number;
  /** The instants at its edges. */
  from: number;
  to: number;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function canvasOf(params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI): Canvas {
  const { x, y, width, height } = params.coordSys as unknown as Box;
  // Time is linear: two points give the scale, and ECharts is asked for no more of them.
  const [a, b] = [api.coord([0, 0])[0]!, api.coord([1000, 0])[0]!];
  const perMs = (b - a) / 1000;
  const toX = (t: number) => a + t * perMs;
  return { x, y, width, height, toX, from: (x - a) / perMs, to: (x + width - a) / perMs };
}

/** A rectangle, cut off at the grid's edges; null where nothing of it is to be seen. */
export function rect(
  { x: left, width, toX }: Canvas,
  [from, to]: readonly [number, number],
  [y, height]: readonly [number, number],
  style: Record<string, unknown>,
  least = 0,
): Shape[] {
  const begin = Math.max(toX(from), left);
  const end = Math.min(Math.max(toX(to), toX(from) + least), left + width);
  if (end <= begin) return [];
  return [{ type: 'rect', shape: { x: begin, y, width: end - begin, height }, style }];
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  style: Record<string, unknown>,
): Shape {
  return { type: 'line', shape: { x1, y1, x2, y2 }, style };
}

/** A cross, which nobody takes for anything good, whatever its colour. */
export function cross(x: number, y: number, size: number, stroke: string): Shape[] {
  const style = { stroke, lineWidth: 2, fill: undefined };
  return [
    line([x - size, y - size], [x + size, y + size], style),
    line([x - size, y + size], [x + size, y - size], style),
  ];
}

export const visible = ({ x, width }: Canvas, at: number): boolean => at >= x - 1 && at <= x + width + 1;
