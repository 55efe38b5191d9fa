import { markerAt, type ScenarioHistory } from '../../history/select.ts';
import type { Nanos } from '../../history/types.ts';

/** Turns instants of a history into those of its timeline. */
export interface Clock {
  /** Milliseconds since the first trigger, to a tenth. */
  ms(t: Nanos): number;
  /** The instant of 0. */
  epoch: Nanos;
  /** Wall clock of 0, ISO 8601 in UTC. */
  zero: string;
  from: number;
  to: number;
}

/** How much of what was before the load is drawn: milliseconds. The pods of a set-up come up in it, and nobody calls them. */
const BEFORE_LOAD_MS = 2_000;

export function clockOf(history: ScenarioHistory): Clock {
  const { observations, requests, epochMs } = history;
  const first = observations.reduce((least, { t }) => Math.min(least, t), Number.POSITIVE_INFINITY);
  const zero = markerAt(history, 'trigger') ?? (Number.isFinite(first) ? first : 0);
  const ms = (t: Nanos) => Math.round((t - zero) / 1e5) / 10;
  const loaded = markerAt(history, 'load-ready') ?? requests[0]?.t ?? zero;
  const last = observations.reduce((most, { t }) => Math.max(most, t), zero);
  const end = markerAt(history, 'load-stopped') ?? markerAt(history, 'tail-end') ?? last;
  return {
    ms,
    epoch: zero,
    zero: new Date(epochMs + zero / 1e6).toISOString(),
    from: Math.min(ms(loaded) - BEFORE_LOAD_MS, -BEFORE_LOAD_MS),
    to: Math.max(ms(end), 1),
  };
}
