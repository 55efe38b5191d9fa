import type { DropMark, PodBar, PodMarkKind, PodPhase } from '../timeline/types.ts';
import { type Look, versionColor } from './look.ts';
import { startingIn } from './lost.ts';
import { type Canvas, line, rect, type Shape, visible } from './shapes.ts';
import type { View } from './view.ts';

/** States are told apart by how full a bar is, not by its colour: that is its version's. */
export const PHASES: Record<PodPhase, { words: string; fill: number; height: number; dash?: number[] }> = {
  pending: { words: 'pending', fill: 0, height: 0.28, dash: [2, 2] },
  starting: { words: 'running, not ready yet', fill: 0.3, height: 0.5 },
  ready: { words: 'ready', fill: 1, height: 0.72 },
  unready: { words: 'not ready any more', fill: 0.15, height: 0.72, dash: [3, 2] },
  terminating: { words: 'terminating', fill: 0.4, height: 0.4 },
  ended: { words: 'ended, not yet removed', fill: 0, height: 0.2 },
};

export const SIGNS: Record<PodMarkKind, { sign: string; words: string }> = {
  deleted: { sign: '▽', words: 'deleted; preStop begins' },
  sigterm: { sign: 'T', words: 'SIGTERM' },
  sigkill: { sign: 'K', words: 'SIGKILL' },
  exit: { sign: '■', words: 'exit' },
  crash: { sign: '!', words: 'its container ended by itself' },
};

/** One pod's row. @param middle its middle, @param row its height */
export function podRow(canvas: Canvas, view: View, index: number, middle: number, row: number): Shape {
  const { look, timeline } = view;
  const pod = timeline.pods[index]!;
  const color = versionColor(look, pod.version);
  return {
    type: 'group',
    children: [
      ...pod.segments.flatMap(({ state, from, to }) => {
        const { fill, height, dash } = PHASES[state];
        const style = {
          fill: color,
          fillOpacity: fill,
          stroke: color,
          lineWidth: 1,
          ...(dash === undefined ? {} : { lineDash: dash }),
        };
        return rect(canvas, [from, to], [middle - (row * height) / 2, row * height], style, 1);
      }),
      ...pod.endpoint.flatMap(([from, to]) =>
        rect(canvas, [from, to], [middle + row * 0.39, Math.max(row * 0.1, 1.5)], { fill: look.endpoint }),
      ),
      ...dropTicks(canvas, view.dropsOfPod[index]!, middle, row, look),
      ...marks(canvas, pod, middle, row, look),
    ],
  };
}

function dropTicks(canvas: Canvas, drops: DropMark[], middle: number, row: number, look: Look): Shape[] {
  const columns = new Set(startingIn(drops, canvas.from, canvas.to).map(({ t }) => Math.round(canvas.toX(t))));
  const style = { stroke: look.drop, lineWidth: 1.5 };
  return [...columns].map((x) => line([x, middle - row * 0.46], [x, middle + row * 0.46], style));
}

function marks(canvas: Canvas, { marks }: PodBar, middle: number, row: number, look: Look): Shape[] {
  const shown = marks.map((mark) => ({ ...mark, x: canvas.toX(mark.t) })).filter(({ x }) => visible(canvas, x));
  if (row < 12) {
    const style = { stroke: look.text, lineWidth: 1, opacity: 0.7 };
    return shown.map(({ x }) => line([x, middle - row * 0.3], [x, middle + row * 0.3], style));
  }
  const font = `bold ${row >= 20 ? 11 : 9}px system-ui, sans-serif`;
  return shown.map(({ kind, x }) => ({
    type: 'text',
    x,
    y: middle,
    style: {
      text: SIGNS[kind].sign,
      fill: look.text,
      stroke: look.paper,
      lineWidth: 3,
      font,
      align: ALIGN[kind] ?? 'center',
      verticalAlign: 'middle',
    },
  }));
}

/** SIGTERM comes right after the deletion where nothing waits: the two stand beside each other. */
const ALIGN: Partial<Record<PodMarkKind, 'left' | 'right'>> = { deleted: 'right', sigterm: 'left' };
