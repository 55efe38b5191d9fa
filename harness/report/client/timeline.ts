import type { Timeline } from '../timeline/types.ts';
import { draw } from './chart.ts';
import { element } from './dom.ts';
import { legend } from './legend.ts';
import type { Lost } from './lost.ts';
import { record } from './record.ts';
import { under } from './under.ts';

/** Draws a timeline into its place, and makes it answer to pointer and keys. */
export function showTimeline(place: HTMLElement, timeline: Timeline, prefix: string): void {
  const part = (name: string) => place.querySelector<HTMLElement>(`.${name}`)!;
  const [chartPlace, recordPlace] = [part('chart'), part('record')];
  part('legend').replaceChildren(...legend(timeline));
  const drawn = draw(chartPlace, timeline);
  const { lost } = drawn.view;
  const cursor = chartPlace.appendChild(element('div', { class: 'cursor', hidden: '' }));
  const tip = chartPlace.appendChild(element('div', { class: 'tip', hidden: '' }));
  let chosen = -1;

  const placeCursor = () => {
    const one = lost[chosen];
    const { from, to } = drawn.window();
    cursor.hidden = one === undefined || one.mark.t < from || one.mark.t > to;
    if (one !== undefined && !cursor.hidden) cursor.style.left = `${drawn.toX(one.mark.t)}px`;
  };
  const tellWindow = () => {
    const { from, to } = drawn.window();
    chartPlace.dataset.from = String(Math.round(from));
    chartPlace.dataset.to = String(Math.round(to));
  };
  drawn.onMoved(() => {
    placeCursor();
    tellWindow();
  });
  tellWindow();

  function choose(index: number): void {
    const one = lost[index];
    if (one === undefined) return;
    chosen = index;
    const { from, to } = drawn.window();
    const { t } = one.mark;
    if (t < from || t > to) drawn.show(t - (to - from) / 2, t + (to - from) / 2);
    placeCursor();
    recordPlace.replaceChildren(...record(one, index, lost.length, timeline, prefix));
  }
  const chooseLost = ({ mark }: Lost) => choose(lost.findIndex((one) => one.mark === mark));

  const zr = drawn.chart.getZr();
  zr.on('mousemove', ({ offsetX, offsetY }) => {
    const found = under(drawn, offsetX, offsetY);
    tip.hidden = found === undefined;
    if (found === undefined) return;
    const [first = '', ...rest] = found.lines;
    const click = found.lost === undefined ? [] : [element('i', {}, `a ${found.lost.kind} is here: click`)];
    tip.replaceChildren(element('b', {}, first), ...rest.map((text) => element('div', {}, text)), ...click);
    const flip = offsetX > chartPlace.clientWidth / 2;
    tip.style.left = flip ? '' : `${offsetX + 14}px`;
    tip.style.right = flip ? `${chartPlace.clientWidth - offsetX + 14}px` : '';
    tip.style.top = `${Math.max(0, offsetY - 10)}px`;
    chartPlace.style.cursor = found.lost === undefined ? '' : 'pointer';
  });
  zr.on('globalout', () => {
    tip.hidden = true;
  });
  zr.on('click', ({ offsetX, offsetY }) => {
    const found = under(drawn, offsetX, offsetY)?.lost;
    if (found !== undefined) chooseLost(found);
  });
  chartPlace.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = KEYS[event.key];
    if (act === undefined) return;
    event.preventDefault();
    const { from, to } = drawn.window();
    const width = to - from;
    act({
      move: (share) => drawn.show(from + share * width, to + share * width),
      zoom: (factor) => drawn.show((from + to - width * factor) / 2, (from + to + width * factor) / 2),
      all: () => drawn.show(timeline.from, timeline.to),
      step: (by) =>
        choose(chosen === -1 ? (by > 0 ? 0 : lost.length - 1) : Math.min(Math.max(chosen + by, 0), lost.length - 1)),
    });
  });
}

interface Moves {
  move(share: number): void;
  zoom(factor: number): void;
  all(): void;
  step(by: number): void;
}

const KEYS: Record<string, (moves: Moves) => void> = {
  ArrowLeft: ({ move }) => move(-0.2),
  ArrowRight: ({ move }) => move(0.2),
  '+': ({ zoom }) => zoom(0.6),
  '=': ({ zoom }) => zoom(0.6),
  '-': ({ zoom }) => zoom(1 / 0.6),
  '0': ({ all }) => all(),
  n: ({ step }) => step(1),
  p: ({ step }) => step(-1),
};
