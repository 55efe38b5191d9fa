import { type Canvas, line, rect, type Shape, visible } from './shapes.ts';
import type { View } from './view.ts';

/** Waves in turn shaded, stretches that prove nothing, and where transitions begin. Under everything else. */
export function background(canvas: Canvas, { timeline: { waves, holes, transitions }, look }: View): Shape {
  const whole = [canvas.y, canvas.height] as const;
  return {
    type: 'group',
    silent: true,
    children: [
      ...waves
        .filter(({ number }) => number % 2 === 1)
        .flatMap(({ from, to }) => rect(canvas, [from, to], whole, { fill: look.band })),
      ...holes.flatMap(({ from, to }) => rect(canvas, [from, to], whole, { fill: look.hole, opacity: 0.5 }, 2)),
      ...transitions
        .map(({ from }) => canvas.toX(from))
        .filter((x) => visible(canvas, x))
        .map((x) =>
          line([x, canvas.y], [x, canvas.y + canvas.height], {
            stroke: look.text,
            lineWidth: 1,
            lineDash: [4, 3],
            opacity: 0.6,
          }),
        ),
    ],
  };
}

/** The strip of waves on top: number and pair, as much as there is room for. */
export function waveStrip(canvas: Canvas, { timeline: { waves }, look }: View): Shape {
  const strip = [canvas.y + 2, canvas.height - 4] as const;
  return {
    type: 'group',
    silent: true,
    children: waves.flatMap(({ from, to, number, label, dropped }) => {
      const [box] = rect(canvas, [from, to], strip, {
        fill: look.band,
        stroke: dropped > 0 ? look.drop : look.line,
        lineWidth: dropped > 0 ? 1.5 : 1,
      });
      if (box === undefined) return [];
      const { x, width } = box.shape as { x: number; width: number };
      const text = [`${number} ${label}`, String(number)].find((words) => words.length * 6.4 < width - 4);
      if (text === undefined) return [box];
      const style = {
        text,
        fill: look.text,
        font: '11px system-ui, sans-serif',
        align: 'center',
        verticalAlign: 'middle',
      };
      return [box, { type: 'text', x: x + width / 2, y: canvas.y + canvas.height / 2, style } satisfies Shape];
    }),
  };
}
