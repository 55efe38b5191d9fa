import { judgedSpan } from '../../history/select.ts';
import type { WatchedKind } from '../../history/types.ts';
import { blindSpans, contradiction, seen } from '../blind.ts';
import { type Dip, dips } from '../dips.ts';
import { counts } from '../moments.ts';
import { define } from './measure.ts';

interface Args {
  /** Default: what the strategy asks for, R − U, at each instant. */
  atLeast?: number;
  /** Index of a transition. Default: all of them. */
  of?: number;
}

const WATCHED: WatchedKind[] = ['Pod', 'ReplicaSet', 'Deployment'];

/** At every instant of the transitions so many pods are available at least. Not known where a watch was blind meanwhile. */
export const keepsReady = define<Args>('keeps-ready', (history, { atLeast, of }) => {
  const blind = blindSpans(history, WATCHED);
  const all = seen(counts(history), blind, judgedSpan(history)?.to ?? 0)
    .filter(({ transition }) => of === undefined || transition === of)
    .map((count) => (atLeast === undefined ? count : { ...count, floor: atLeast }));
  const found = dips(history, all);
  const known = blind.length === 0 && contradiction(all) === undefined;
  const lowest = all.reduce((least, { available }) => Math.min(least, available), Number.POSITIVE_INFINITY);
  const floors = [...new Set(all.map(({ floor }) => floor))];
  const end = all.at(-1)?.t ?? 0;
  return {
    holds: found.length > 0 ? false : known ? true : undefined,
    figures: [
      all.length === 0
        ? 'the Deployment was not seen'
        : `lowest ${lowest} available, ${floors.join(' or ')} asked for, at ${all.length} instants`,
      ...found.map((dip) => tell(dip, all[0]!.t, end)),
    ].join('; '),
    examined: all.length,
    witnesses: found.map(({ witness }) => witness),
  };
});

/** "0 for 7.2 s, from 13.1 s after the trigger on: …" */
function tell({ from, to, lowest, text }: Dip, trigger: number, end: number): string {
  const seconds = (nanos: number) => `${(nanos / 1e9).toFixed(1)} s`;
  return `${lowest} for ${seconds((to ?? end) - from)}, from ${seconds(from - trigger)} after the trigger on: ${text}`;
}
