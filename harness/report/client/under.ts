import { type DrawnChart, seconds } from './chart.ts';
import { PHASES, SIGNS } from './draw-pods.ts';
import { firstFrom, type Lost } from './lost.ts';
import type { View } from './view.ts';

/** So near must the pointer be to a mark, CSS pixels. */
const NEAR = 6;

/** What lies under a point of the chart, in words; and the lost request there, if there is one. */
export function under(
  drawn: DrawnChart,
  x: number,
  y: number,
): { lines: string[]; lost: Lost | undefined } | undefined {
  const { layout, view } = drawn;
  const t = drawn.toTime(x);
  const { from, to } = drawn.window();
  if (t < from || t > to) return undefined;
  const inside = ({ top, height }: { top: number; height: number }) => y >= top && y < top + height;
  const row = ({ top, row }: { top: number; row: number }) => Math.floor((y - top) / row);
  const near = Math.abs(drawn.toTime(x + NEAR) - t);
  const when = [seconds(Math.round(t)), ...waveAt(view, t)].join(', ');
  if (inside(layout.pods))
    return {
      lines: [...podLines(view, row(layout.pods), t, near), when],
      lost: onPod(view, row(layout.pods), t, near),
    };
  if (inside(layout.lanes))
    return { lines: [...laneLines(view, row(layout.lanes), t), when], lost: inLane(view, row(layout.lanes), t, near) };
  if (inside(layout.counts)) return { lines: [...countLines(view, t), when], lost: undefined };
  if (inside(layout.waves)) return { lines: [when, ...actionLines(view, t, near)], lost: undefined };
  return undefined;
}

function waveAt({ timeline }: View, t: number): string[] {
  const wave = timeline.waves.find(({ from, to }) => t >= from && t < to);
  return wave === undefined ? [] : [`wave ${wave.number} ${wave.label}`];
}

function podLines({ timeline }: View, index: number, t: number, near: number): string[] {
  const pod = timeline.pods[index];
  if (pod === undefined) return [];
  const segment = pod.segments.find(({ from, to }) => t >= from && t < to);
  const served = pod.endpoint.some(([from, to]) => t >= from && t < to);
  const marks = pod.marks.filter((mark) => Math.abs(mark.t - t) <= near);
  return [
    pod.name,
    timeline.versions[pod.version]!,
    ...(pod.node === '' ? [] : [`on ${pod.node}`]),
    [
      segment === undefined ? 'not there' : PHASES[segment.state].words,
      served ? 'in the endpoints' : 'not in the endpoints',
    ].join(', '),
    ...marks.map((mark) => `${SIGNS[mark.kind].sign} ${mark.text} at ${seconds(mark.t)}`),
  ];
}

function laneLines({ timeline }: View, index: number, t: number): string[] {
  const { binMs, from, lanes } = timeline.density;
  const lane = lanes[index];
  const bin = Math.floor((t - from) / binMs);
  if (lane === undefined || lane.good[bin] === undefined) return [];
  const counts = [`${lane.good[bin]} answered well`, `${lane.dropped[bin]} dropped`, `${lane.stalled[bin]} stalled`];
  return [`lane ${lane.name}, ${binMs} ms:`, counts.join(', '), `slowest ${lane.slowestMs[bin]} ms`];
}

function countLines({ timeline }: View, t: number): string[] {
  const step = timeline.steps.findLast(([at]) => at <= t);
  if (step === undefined) return [];
  const [, ready, available, floor, ceiling, endpoints] = step;
  return [
    `${available} available (${ready} ready), floor ${floor}`,
    `${endpoints} ready endpoints, ceiling ${ceiling}`,
  ];
}

function actionLines({ timeline }: View, t: number, near: number): string[] {
  return timeline.actions
    .filter((action) => t >= action.t - near && t <= (action.end ?? action.t) + near)
    .map(({ text, ok }) => `${text}${ok ? '' : ' (failed)'}`);
}

function onPod({ dropsOfPod }: View, index: number, t: number, near: number): Lost | undefined {
  const mark = nearest(dropsOfPod[index] ?? [], t, near);
  return mark && { kind: 'drop', mark };
}

function inLane({ lanes }: View, index: number, t: number, near: number): Lost | undefined {
  const lane = lanes[index];
  if (lane === undefined) return undefined;
  const [drop, stall] = [nearest(lane.drops, t, near), nearest(lane.stalls, t, near)];
  if (drop !== undefined) return { kind: 'drop', mark: drop };
  return stall && { kind: 'stall', mark: stall };
}

function nearest<T extends { t: number }>(sorted: T[], t: number, near: number): T | undefined {
  const at = firstFrom(sorted, t);
  return [sorted[at - 1], sorted[at]]
    .filter((one) => one !== undefined && Math.abs(one.t - t) <= near)
    .sort((a, b) => Math.abs(a!.t - t) - Math.abs(b!.t - t))[0];
}
