import { objectsOf, transitionsOf } from '../../history/select.ts';
import { type Count, counts } from '../moments.ts';
import { newReplicaSet } from '../new-replica-set.ts';
import type { Wave } from '../types.ts';
import { waves } from '../waves.ts';
import { define } from './measure.ts';
import { unlessBlind } from './sight.ts';

/** What is counted: pods that the ReplicaSets want, that exist (terminating ones too), or that are ready. */
type Counted = 'wanted' | 'existing' | 'ready';

const COUNT: Record<Counted, (count: Count) => number> = {
  wanted: ({ old, new: fresh }) => old + fresh,
  existing: ({ pods }) => pods,
  ready: ({ ready }) => ready,
};

/** From the first change on, the pods of the first transition go through exactly these numbers. */
export const podsGo = define<{ pods: number[]; counted: Counted }>('pods-go', (history, { pods, counted }) => {
  const own = counts(history).filter(({ transition }) => transition === 0);
  const [, ...changes] = own.filter((one, i) => i === 0 || COUNT[counted](one) !== COUNT[counted](own[i - 1]!));
  const went = changes.map(COUNT[counted]);
  const told = went.length === 0 ? 'they stayed as they were' : `they went ${went.join(', ')}`;
  return unlessBlind(history, ['Pod', 'ReplicaSet', 'Deployment'], {
    holds: went.join() === pods.join(),
    figures: `${counted} pods: ${told}, in the waves ${tell(waves(history).filter(({ transition }) => transition === 0))}`,
    examined: own.length,
    witnesses: changes.map(({ id }) => id),
  });
});

/** At every instant from the trigger on so many pods at least are ready and not being deleted. */
export const readyAtLeast = define<{ pods: number }>('ready-at-least', (history, { pods }) => {
  const all = counts(history);
  const fewest = Math.min(...all.map(({ ready }) => ready));
  const below = all.filter(({ ready }) => ready < pods);
  const measured = {
    holds: below.length === 0,
    figures: `at ${all.length} instants ${fewest} pods were ready at least`,
    examined: all.length,
    witnesses: below.map(({ id }) => id),
  };
  return below.length > 0 ? measured : unlessBlind(history, ['Pod', 'ReplicaSet', 'Deployment'], measured);
});

/** In the first transition its ReplicaSets together never want more pods. */
export const wantedAtMost = define<{ pods: number }>('wanted-at-most', (history, { pods }) => {
  const own = counts(history).filter(({ transition }) => transition === 0);
  const above = own.filter((one) => COUNT.wanted(one) > pods);
  const [, ...changes] = own.filter((one, i) => i === 0 || COUNT.wanted(one) !== COUNT.wanted(own[i - 1]!));
  const measured = {
    holds: above.length === 0,
    figures: `they wanted ${changes.map(COUNT.wanted).join(', ') || 'what they had'}, in the waves ${tell(
      waves(history).filter(({ transition }) => transition === 0),
    )}`,
    examined: own.length,
    witnesses: above.map(({ id }) => id),
  };
  return above.length > 0 ? measured : unlessBlind(history, ['ReplicaSet', 'Deployment'], measured);
});

/** All transitions, two at least, go through the same waves. */
export const sameWaves = define('same-waves', (history) => {
  const all = waves(history);
  const kinds = transitionsOf(history).map(({ kind }) => kind);
  const told = kinds.map((_, index) => tell(all.filter(({ transition }) => transition === index)));
  const same = new Set(told).size === 1;
  return unlessBlind(history, ['ReplicaSet', 'Deployment'], {
    holds: kinds.length < 2 || all.length === 0 ? undefined : same,
    figures: same
      ? `${kinds.length} transitions, each in the waves ${told[0]}`
      : told.map((one, index) => `${kinds[index]}: ${one}`).join('; '),
    examined: all.length,
    witnesses: [],
  });
});

/** Every transition rolls to a ReplicaSet that was not there before it. */
export const makesReplicaSets = define('makes-replica-sets', (history) => {
  const made = transitionsOf(history).map((span) => {
    const set = newReplicaSet(history, span);
    const first = objectsOf(history, 'ReplicaSet').find(({ uid }) => uid === set?.uid);
    return { set, first, kind: span.kind, isNew: first !== undefined && first.t >= span.from && set?.risen === true };
  });
  return {
    holds: made.length === 0 ? undefined : made.every(({ isNew }) => isNew),
    figures: made
      .map(({ kind, set, isNew }) => `${kind}: revision ${set?.revision}, ${isNew ? 'made for it' : 'there before'}`)
      .join('; '),
    examined: made.filter(({ first }) => first !== undefined).length,
    witnesses: made.flatMap(({ first }) => (first === undefined ? [] : [first.id])),
  };
});

/** "(3,1) (2,1) …" */
export const tell = (all: Wave[]): string =>
  all.length === 0 ? 'none' : all.map(({ old, new: fresh }) => `(${old},${fresh})`).join(' ');
