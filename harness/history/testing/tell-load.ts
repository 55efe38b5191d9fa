import { type PodPlan, round } from './roll-plan.ts';
import { servesAt } from './tell-objects.ts';
import type { ToldRoll } from './tell-roll.ts';

/**
 * Once a second each: a new connection, the pods taking turns; two kept connections in each kept lane, which move to
 * another pod when theirs is deleted; and every other second one to the control service.
 */
export function tellLoad(roll: ToldRoll): void {
  const { lanes, marks } = roll.plan;
  const until = marks.tailEnd ?? marks.rolled ?? marks.trigger + 10;
  const kept = new Map<string, string>();
  for (let second = 4; second < until; second += 1) {
    const turn = (at: number, n: number) => {
      const pods = serving(roll, at);
      return pods[n % pods.length]?.name;
    };
    for (const [i, lane] of lanes.entries()) {
      const at = round(second + 0.1 + i / 5);
      if (lane === 'new') {
        const to = turn(at, second);
        if (to !== undefined) roll.sent(at, { lane, to });
      }
      for (const user of lane.startsWith('kept') ? [1, 2] : []) {
        const before = kept.get(`${lane}-${user}`);
        const still = serving(roll, at).some(({ name }) => name === before);
        const to = still ? before : turn(at, second + user);
        if (to === undefined) continue;
        roll.sent(round(at + user / 20), { lane, to, user, reused: still });
        kept.set(`${lane}-${user}`, to);
      }
    }
    if (second % 2 === 0) roll.sent(second + 0.9, { lane: 'control', status: 200, reused: second > 4 });
    if (second % 4 === 0) roll.self(second + 0.95);
  }
}

/** Pods that the proxy sends to and that listen. */
function serving({ plan }: ToldRoll, at: number): PodPlan[] {
  return plan.pods.filter(
    (pod) => pod.listening <= at && servesAt(plan, pod, at) && servesAt(plan, pod, at - plan.sliceLag),
  );
}
