import { judgedRequests } from '../../history/select.ts';
import type { LaneName } from '../../history/types.ts';
import { drops } from '../drops.ts';
import { define } from './measure.ts';

/** No judged request is dropped: in all lanes but control, or in those that are named. */
export const dropsNothing = define<{ lanes?: LaneName[] }>('drops-nothing', (history, { lanes }) => {
  const asked = ({ lane }: { lane: LaneName }) => lanes === undefined || lanes.includes(lane);
  const judged = judgedRequests(history).filter(asked);
  const dropped = drops(history).filter(asked);
  return {
    holds: dropped.length === 0,
    figures: `${dropped.length} of ${judged.length} requests dropped`,
    examined: judged.length,
    witnesses: dropped.map(({ id }) => id),
  };
});
