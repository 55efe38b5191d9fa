import type { ScenarioHistory } from '../../history/select.ts';
import type { WatchedKind } from '../../history/types.ts';
import { blindSpans } from '../blind.ts';
import type { Measured } from './measure.ts';

/** That something was seen at every instant is not known where a watch of one of these kinds was blind. */
export function unlessBlind(history: ScenarioHistory, kinds: WatchedKind[], measured: Measured): Measured {
  const blind = blindSpans(history, kinds);
  if (blind.length === 0) return measured;
  const ms = blind.reduce((sum, { from, to }) => sum + (to - from) / 1e6, 0);
  return { ...measured, holds: undefined, figures: `${measured.figures}; watches were blind for ${ms.toFixed(0)} ms` };
}
