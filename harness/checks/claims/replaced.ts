import { objectsOf, transitionsOf } from '../../history/select.ts';
import { newReplicaSet } from '../new-replica-set.ts';
import { waves } from '../waves.ts';
import { define } from './measure.ts';
import { alive, stateAt } from './pods.ts';
import { unlessBlind } from './sight.ts';
import { tell } from './waves.ts';

/** Of the pods that were up when a transition (default: the first) began, one at least is still up when it ends. */
export const keepsPods = define<{ nth?: number }>('keeps-pods', (history, { nth = 0 }) => {
  const span = transitionsOf(history)[nth];
  const before = span && stateAt(history, span.from);
  const after = span && stateAt(history, span.to - 1);
  if (span === undefined || before === undefined || after === undefined)
    return { holds: undefined, figures: 'the transition was not seen', examined: 0, witnesses: [] };
  const [were, are] = [alive(before), alive(after)];
  const kept = were.filter(({ uid }) => are.some((one) => one.uid === uid));
  const uids = new Set(were.map(({ uid }) => uid));
  const deleted = objectsOf(history, 'Pod').filter(({ verb, uid }) => verb === 'deleted' && uids.has(uid));
  return unlessBlind(history, ['Pod'], {
    holds: kept.length > 0,
    figures: `${were.length - kept.length} of ${were.length} pods were replaced, in the waves ${tell(
      waves(history).filter(({ transition }) => transition === nth),
    )}; revision ${newReplicaSet(history, span)?.revision}`,
    examined: were.length,
    witnesses: deleted.map(({ id }) => id),
  });
});
