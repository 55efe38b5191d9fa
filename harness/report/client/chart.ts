import { CustomChart, LineChart } from 'echarts/charts';
import { DataZoomComponent, GridComponent } from 'echarts/components';
import { type ECharts, init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import type { CustomSeriesRenderItem, EChartsOption } from 'echarts/types/dist/shared';
import type { Step, Timeline } from '../timeline/types.ts';
import { background, waveStrip } from './draw-background.ts';
import { laneRow } from './draw-lanes.ts';
import { podRow } from './draw-pods.ts';
import { type Layout, layoutOf } from './layout.ts';
import { lookOf } from './look.ts';
import { type Canvas, canvasOf, type Shape } from './shapes.ts';
import { type View, viewOf } from './view.ts';

use([CustomChart, LineChart, GridComponent, DataZoomComponent, CanvasRenderer]);

export interface DrawnChart {
  readonly view: View;
  readonly layout: Layout;
  readonly chart: ECharts;
  /** The window of time that is shown. */
  window(): { from: number; to: number };
  show(from: number, to: number): void;
  /** Position of an instant across the element, CSS pixels. */
  toX(t: number): number;
  toTime(x: number): number;
  /** Is called after the window or the size has changed. */
  onMoved(then: () => void): void;
}

/** Index of each grid and of its axes. */
const GRID = { waves: 0, counts: 1, pods: 2, lanes: 3 } as const;

export function draw(element: HTMLElement, timeline: Timeline): DrawnChart {
  let view = viewOf(timeline, lookOf(element));
  let layout = layoutOf(timeline, element.clientWidth);
  const { from: first, to: last } = timeline;
  let shown = opening(timeline);
  const movers: (() => void)[] = [];
  element.style.height = `${layout.height}px`;
  const chart = init(element, null, { renderer: 'canvas' });
  const render = () => chart.setOption(optionOf(view, layout, shown), { notMerge: true });
  render();

  const moved = () => {
    const zoom = (chart.getOption().dataZoom as { startValue: number; endValue: number }[])[0]!;
    shown = { from: zoom.startValue, to: zoom.endValue };
    for (const then of movers) then();
  };
  chart.on('datazoom', moved);
  new ResizeObserver(() => {
    if (element.clientWidth === 0) return;
    layout = layoutOf(timeline, element.clientWidth);
    chart.resize();
    render();
    moved();
  }).observe(element);
  // Also when it is printed: paper is light.
  for (const media of ['(prefers-color-scheme: dark)', 'print'])
    matchMedia(media).addEventListener('change', () => {
      view = viewOf(timeline, lookOf(element));
      render();
    });

  return {
    get view() {
      return view;
    },
    get layout() {
      return layout;
    },
    chart,
    window: () => shown,
    show(from, to) {
      const width = Math.min(Math.max(to - from, SHORTEST_MS), last - first);
      const begin = Math.min(Math.max(from, first), last - width);
      chart.dispatchAction({ type: 'dataZoom', startValue: begin, endValue: begin + width });
    },
    toX: (t) => chart.convertToPixel({ xAxisIndex: GRID.lanes }, t) as unknown as number,
    toTime: (x) => chart.convertFromPixel({ xAxisIndex: GRID.lanes }, x) as unknown as number,
    onMoved: (then) => movers.push(then),
  };
}

/** What is looked at first: the transitions and all that was lost, with a margin. */
function opening({ from, to, waves, drops, stalls }: Timeline): { from: number; to: number } {
  const lost = [...drops.slice(0, 1), ...drops.slice(-1), ...stalls.slice(0, 1), ...stalls.slice(-1)];
  const begin = Math.min(0, ...lost.map(({ t }) => t));
  const end = Math.max(waves.at(-1)?.to ?? to, ...lost.map(({ t, tookMs }) => t + tookMs));
  const margin = (end - begin) / 10;
  return { from: Math.max(from, begin - margin), to: Math.min(to, end + margin) };
}

/** Nobody can tell less apart. */
const SHORTEST_MS = 20;

function optionOf(view: View, layout: Layout, shown: { from: number; to: number }): EChartsOption {
  const { timeline, look } = view;
  const { pods, density, from, to } = timeline;
  const parts = [layout.waves, layout.counts, layout.pods, layout.lanes];
  const under = (grid: number) => custom(grid, [[0, 0]], 0, (canvas) => background(canvas, view));
  const zoom = { xAxisIndex: [0, 1, 2, 3], filterMode: 'none', startValue: shown.from, endValue: shown.to } as const;
  return {
    animation: false,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    grid: parts.map(({ top, height }) => ({ top, height, left: layout.left, right: layout.right })),
    xAxis: parts.map((_, gridIndex) => ({
      type: 'value',
      gridIndex,
      min: from,
      max: to,
      axisLine: { onZero: false, lineStyle: { color: look.line } },
      axisTick: { show: gridIndex === GRID.lanes },
      splitLine: { show: gridIndex !== GRID.waves, lineStyle: { color: look.line, opacity: 0.5 } },
      axisLabel: {
        show: gridIndex === GRID.lanes,
        color: look.faint,
        formatter: seconds,
        hideOverlap: true,
        showMinLabel: false,
        showMaxLabel: false,
      },
    })),
    yAxis: [
      { ...hiddenAxis(GRID.waves), name: 'waves', ...named(look.faint) },
      { ...countAxis(timeline.steps, look.faint, look.line), gridIndex: GRID.counts },
      rowAxis(
        GRID.pods,
        pods.map(({ name }) => name),
        look.text,
        layout.pods.row >= 12,
        shortName,
      ),
      rowAxis(
        GRID.lanes,
        density.lanes.map(({ name }) => name),
        look.text,
        true,
        (name) => name,
      ),
    ],
    dataZoom: [
      { ...zoom, type: 'inside', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false, minValueSpan: SHORTEST_MS },
      {
        ...zoom,
        type: 'slider',
        top: layout.slider.top,
        height: layout.slider.height,
        left: layout.left,
        right: layout.right,
        showDataShadow: false,
        brushSelect: false,
        minValueSpan: SHORTEST_MS,
        borderColor: look.line,
        fillerColor: look.band,
        textStyle: { color: look.faint },
        labelFormatter: (value: number) => seconds(value),
      },
    ],
    series: [
      custom(GRID.waves, [[0, 0]], 1, (canvas) => waveStrip(canvas, view)),
      ...[GRID.counts, GRID.pods, GRID.lanes].map(under),
      ...countLines(timeline, view),
      custom(
        GRID.pods,
        pods.map((_, index) => [0, index]),
        2,
        (canvas, index, middle) => podRow(canvas, view, index, middle, layout.pods.row),
      ),
      custom(
        GRID.lanes,
        density.lanes.map((_, index) => [0, index]),
        2,
        (canvas, index, middle) => laneRow(canvas, view, index, middle, layout.lanes.row),
      ),
    ],
  } as EChartsOption;
}

/** A series that draws by itself, cut off at its grid. Its items are rows. */
function custom(
  grid: number,
  data: number[][],
  z: number,
  drawRow: (canvas: Canvas, index: number, middle: number) => Shape,
) {
  const renderItem: CustomSeriesRenderItem = (params, api) => {
    const canvas = canvasOf(params, api);
    const middle = api.coord([0, params.dataIndex])[1]!;
    const clip = { type: 'rect', shape: { x: canvas.x, y: canvas.y, width: canvas.width, height: canvas.height } };
    return { ...drawRow(canvas, params.dataIndex, middle), clipPath: clip } as ReturnType<CustomSeriesRenderItem>;
  };
  return { type: 'custom', xAxisIndex: grid, yAxisIndex: grid, data, z, silent: true, clip: false, renderItem };
}

/** The available pods above the floor: where the lines cross, it was broken. */
function countLines({ steps, to }: Timeline, { look }: View) {
  const last = steps.at(-1);
  const all = last === undefined ? [] : [...steps, [to, ...last.slice(1)] as unknown as Step];
  const of = (index: number) => all.map((step) => [step[0], step[index as 1]]);
  const lineOf = (name: string, index: number, color: string, width: number, type: 'solid' | 'dashed' | 'dotted') => ({
    type: 'line',
    name,
    xAxisIndex: GRID.counts,
    yAxisIndex: GRID.counts,
    step: 'end',
    symbol: 'none',
    silent: true,
    data: of(index),
    lineStyle: { color, width, type },
    z: 3,
  });
  return [
    lineOf('ceiling', 4, look.faint, 1, 'dotted'),
    lineOf('ready endpoints', 5, look.endpoint, 1.5, 'solid'),
    lineOf('available pods', 2, look.ready, 2.5, 'solid'),
    // On top, and filled: a floor that the pods just keep would be hidden under them.
    { ...lineOf('floor', 3, look.floor, 1.5, 'dashed'), areaStyle: { color: look.floor, opacity: 0.1 } },
  ];
}

const named = (color: string) => ({
  nameLocation: 'middle',
  nameRotate: 0,
  nameGap: 24,
  nameTextStyle: { color, align: 'right' },
});

const hiddenAxis = (gridIndex: number) => ({
  type: 'value',
  gridIndex,
  min: 0,
  max: 1,
  axisLabel: { show: false },
  axisLine: { show: false },
  axisTick: { show: false },
  splitLine: { show: false },
});

function countAxis(steps: Step[], faint: string, line: string) {
  const most = steps.reduce((highest, [, ...counts]) => Math.max(highest, ...counts), 1);
  return {
    type: 'value',
    min: 0,
    max: most + 1,
    minInterval: 1,
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: faint, formatter: (value: number) => (value > most ? '' : String(value)) },
    splitLine: { lineStyle: { color: line, opacity: 0.5 } },
    name: 'pods',
    ...named(faint),
  };
}

function rowAxis(gridIndex: number, data: string[], color: string, show: boolean, formatter: (name: string) => string) {
  return {
    type: 'category',
    gridIndex,
    data,
    inverse: true,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { show, color, formatter, interval: 0, fontSize: 11, width: 120, overflow: 'truncate' },
  };
}

/** A pod's own part of its name: what its ReplicaSet gave it is the colour. */
const shortName = (name: string): string => name.split('-').slice(-2).join('-');

export const seconds = (ms: number): string =>
  `${ms < 0 ? '−' : ''}${Number((Math.abs(ms) / 1000).toFixed(Math.abs(ms) % 1000 === 0 ? 0 : 2))} s`;
