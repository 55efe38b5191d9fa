import { kubectl } from './kubectl.ts';
import type { Step } from './workload.ts';

/**
 * A look by kubectl between transitions: `inTurn(rolling(…), inspect(['rollout', 'history'], 'history'), rollback())`.
 * What it printed is the output of the action that `label` names. An error of kubectl is an answer too: the action is
 * not ok, and its detail has kubectl's words.
 *
 * @param args as for kubectl; `rollout …` without a name means the Deployment
 */
export function inspect(args: string[], label = 'inspect'): Step {
  const detail = `kubectl ${args.join(' ')}`;
  return {
    detail,
    async take(workload) {
      const named = args[0] !== 'rollout' || args.some((arg) => /^deployments?(\.apps)?$|\//.test(arg));
      const full = named ? args : [...args, `deployment/${workload.deployment}`];
      await kubectl(workload, { action: label, detail }, full).catch(() => {});
    },
  };
}
