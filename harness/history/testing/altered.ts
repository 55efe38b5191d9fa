import { type PodPlan, type RollOptions, type RollPlan, rollPlan } from './roll-plan.ts';
import { ToldRoll } from './tell-roll.ts';

/** A roll whose plan is changed before it is told. */
export function altered(options: RollOptions, change: (plan: RollPlan) => Partial<RollPlan>): ToldRoll {
  const plan = rollPlan(options);
  return new ToldRoll({ ...plan, ...change(plan) });
}

/** Pods of a plan with some instants changed, by name. */
export const named = (plan: RollPlan, changes: Record<string, Partial<PodPlan>>) => ({
  pods: plan.pods.map((pod) => ({ ...pod, ...changes[pod.name] })),
});
