import { type Share, share } from '../share.ts';
import type { Trial } from './trials.ts';

/** Trials of one kind in one lane at one rate: what was predicted against what was measured. */
export interface Cell {
  what: string;
  lane: string;
  rate: number;
  /** The mean of what was predicted for each of them. */
  predicted: number;
  /** The share that was missed, with an interval that holds for all cells at once. */
  missed: Share;
  agrees: boolean;
}

/** Where next to nothing, or all, is predicted to be missed, a hundred trials tell nothing. */
const TELLING = { least: 0.1, most: 0.9 };

/**
 * The cells whose prediction is telling. Their intervals hold for all of them at once with 95% (Bonferroni: each with
 * 1 − 0.05 / cells).
 */
export function agreement(trials: Trial[]): Cell[] {
  const groups = [...Map.groupBy(trials, ({ what, lane, rate }) => JSON.stringify([what, lane, rate])).values()]
    .map((of) => ({ of, predicted: of.reduce((sum, one) => sum + one.predicted, 0) / of.length }))
    .filter(({ predicted }) => predicted >= TELLING.least && predicted <= TELLING.most);
  return groups
    .map(({ of, predicted }) => {
      const { what, lane, rate } = of[0]!;
      const missed = share(of.filter((one) => one.missed).length, of.length, 1 - 0.05 / groups.length);
      return { what, lane, rate, predicted, missed, agrees: predicted >= missed.from && predicted <= missed.to };
    })
    .sort((a, b) => a.lane.localeCompare(b.lane) || a.what.localeCompare(b.what) || a.rate - b.rate);
}

/** As Markdown. */
export function agreementText(cells: Cell[]): string {
  const percent = (value: number) => `${(value * 100).toFixed(1)}%`;
  const agree = cells.filter(({ agrees }) => agrees).length;
  return [
    `${agree} of ${cells.length} predictions lie in the interval of what was measured (95% for all at once)`,
    '',
    '| what | lane | requests/s | predicted to be missed | missed | interval | |',
    '| --- | --- | ---: | ---: | ---: | ---: | --- |',
    ...cells.map(({ what, lane, rate, predicted, missed: { hits, of, from, to }, agrees }) =>
      [
        '',
        what,
        lane,
        rate,
        percent(predicted),
        `${percent(hits / of)} (${hits} of ${of})`,
        `${percent(from)}–${percent(to)}`,
        agrees ? 'agrees' : '**differs**',
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ].join('\n');
}
