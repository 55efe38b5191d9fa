import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { causeOf, type DipCause } from './dip-cause.ts';
import type { Count } from './moments.ts';

/** An interval in which fewer pods were available than the floor allows. */
export interface Dip extends DipCause {
  from: Nanos;
  /** Undefined where it lasts to the end of the span. */
  to: Nanos | undefined;
  /** Fewest available in it. */
  lowest: number;
  floor: number;
  /** Id of the observation that opened it: its witness. */
  witness: string;
}

/** A dip goes from the instant that broke the floor to the one that restored it. */
export function dips(history: ScenarioHistory, all: Count[]): Dip[] {
  const found: Dip[] = [];
  let open: Dip | undefined;
  for (const count of all) {
    const { t, id, available, floor } = count;
    if (available >= floor) {
      if (open !== undefined) open.to = t;
      open = undefined;
    } else if (open !== undefined) open.lowest = Math.min(open.lowest, available);
    else {
      open = { from: t, to: undefined, lowest: available, floor, witness: id, ...causeAt(history, count) };
      found.push(open);
    }
  }
  return found;
}

function causeAt(history: ScenarioHistory, { id, at }: Count): DipCause {
  if (at === 'trigger') return { label: 'unknown', text: 'it was there when the transition began' };
  if (at === 'sight') return { label: 'unknown', text: 'it was there when the watches that had been blind saw again' };
  return causeOf(history, id);
}

export function tellDip({ from, to, lowest, text }: Dip): string {
  const lasted = to === undefined ? 'to the end' : `for ${((to - from) / 1e6).toFixed(0)} ms`;
  return `dip to ${lowest} at ${(from / 1e9).toFixed(3)} s ${lasted}: ${text}`;
}
