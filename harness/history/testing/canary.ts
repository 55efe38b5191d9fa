import type { RequestSeen } from '../types.ts';
import { HistoryBuilder, s } from './build.ts';

type Step = [stable: number, canary: number];
type Answer = Partial<RequestSeen> & { seconds?: number };

const NAME = 'web-canary';
const CANARY = { deployment: NAME };
/** Second at which the canary has its first ready endpoint. */
export const CANARY_READY = 12;

/** Ten pods of stable, a1 to a10, and a canary of none; the trigger at 10, one canary beside nine from 20 on. */
export function heldCanary(builder = new HistoryBuilder({ lanes: ['new', 'kept'], others: [NAME] })): HistoryBuilder {
  const limits = { floor: 10, ceiling: 11 };
  builder.deployment(1, { replicas: 10 }).replicaSet(1, 'web-a', 1, 10);
  builder.deployment(1, { name: NAME, replicas: 0 }).replicaSet(1, 'canary-a', 1, 0, CANARY);
  for (const name of stable(10)) builder.pod(1, name);
  builder.slice(1, stable(10)).mark(5, 'load-ready').request(6, { pod: 'a1' });
  builder.mark(10, 'trigger', 'canary', { to: NAME, limits });
  builder.replicaSet(11, 'canary-a', 1, 1, CANARY).pod(CANARY_READY, 'c1', { owner: 'canary-a' });
  builder.slice(CANARY_READY, [...stable(10), 'c1']).replicaSet(13, 'web-a', 1, 9);
  builder
    .pod(13, 'a10', { terminating: true })
    .slice(13.1, [...stable(9), 'c1'])
    .gone(19, 'a10');
  return stepped(builder, 11, 20, [9, 1]);
}

export const stable = (count: number): string[] => Array.from({ length: count }, (_, i) => `a${i + 1}`);

/** What a driver says of a step. */
export function stepped(builder: HistoryBuilder, from: number, to: number, [a, c]: Step): HistoryBuilder {
  const detail = `stable ${a}, canary ${c}`;
  return builder.add({ type: 'action', t: s(from), end: s(to), action: 'canary-step', detail, ok: true });
}

/** Requests of a lane at `rate` a second, from second to second; every `share`th is answered by c1, the others by stable. */
export function answers(
  builder: HistoryBuilder,
  {
    from,
    to,
    rate = 100,
    share = 10,
    lane = 'new',
  }: Record<'from' | 'to', number> & Partial<Record<'rate' | 'share', number>> & { lane?: 'new' | 'kept' },
  change: (canary: boolean, i: number) => Answer = () => ({}),
): HistoryBuilder {
  for (let i = 0; i < (to - from) * rate; i++) {
    const canary = share > 0 && i % share === 0;
    // Every connection of a kept lane has its user, and 40 of them take turns.
    const request = lane === 'kept' ? { request: `kept-${i % 40}-${i}`, reused: true } : {};
    const pod = canary ? 'c1' : `a${(i % 9) + 1}`;
    builder.request(from + i / rate, { lane, pod, ...request, ...change(canary, i) });
  }
  return builder;
}

/** All is shifted, or brought back: what is left are endpoints of one side. Settled at 60, the tail ends at 65. */
export function ended(builder: HistoryBuilder, left: 'stable' | 'canary' | 'both'): HistoryBuilder {
  const ready = [...(left === 'canary' ? [] : stable(9)), ...(left === 'stable' ? [] : ['c1'])];
  return builder
    .slice(58, ready)
    .mark(60, 'settled')
    .mark(65, 'tail-end')
    .lane(66)
    .lane(66, 'kept')
    .mark(66, 'load-stopped');
}
