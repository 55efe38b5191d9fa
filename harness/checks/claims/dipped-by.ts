import { judgedSpan } from '../../history/select.ts';
import { blindSpans, seen } from '../blind.ts';
import type { DipLabel } from '../dip-cause.ts';
import { dips } from '../dips.ts';
import { counts } from '../moments.ts';
import { define } from './measure.ts';

/** Fewer pods are available than the strategy asks for, and at least once it is this that opens the dip. */
export const dippedBy = define<{ label: DipLabel }>('dipped-by', (history, { label }) => {
  const blind = blindSpans(history, ['Pod', 'ReplicaSet', 'Deployment']);
  const all = seen(counts(history), blind, judgedSpan(history)?.to ?? 0);
  const found = dips(history, all);
  const own = found.filter((dip) => dip.label === label);
  const lowest = Math.min(...own.map(({ lowest }) => lowest));
  return {
    holds: own.length > 0 ? true : blind.length > 0 || all.length === 0 ? undefined : false,
    figures:
      own.length > 0
        ? `${own.length} of ${found.length} dips, the lowest to ${lowest} of ${own[0]!.floor}: ${own[0]!.text}`
        : `${found.length} dips, none by ${label}`,
    examined: all.length,
    witnesses: own.map(({ witness }) => witness),
  };
});
