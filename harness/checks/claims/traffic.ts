import { judgedRequests, transitionsOf, within } from '../../history/select.ts';
import type { LaneName, RequestSeen } from '../../history/types.ts';
import { drops } from '../drops.ts';
import { define } from './measure.ts';

interface Args {
  lanes?: LaneName[];
  /** Index of a transition: what began in it. */
  of?: number;
}

/**
 * No judged request is dropped: in all lanes but control, or in those that are named; in all transitions, or in one.
 */
export const dropsNothing = define<Args>('drops-nothing', (history, { lanes, of }) => {
  const span = of === undefined ? undefined : transitionsOf(history)[of];
  const asked = ({ lane, t }: RequestSeen) =>
    (lanes === undefined || lanes.includes(lane)) && (of === undefined || (span !== undefined && within(span, t)));
  const judged = judgedRequests(history).filter(asked);
  const dropped = drops(history).filter(asked);
  return {
    holds: dropped.length === 0,
    figures: `${dropped.length} of ${judged.length} requests dropped`,
    examined: judged.length,
    witnesses: dropped.map(({ id }) => id),
  };
});
