import { kubectl } from './kubectl.ts';
import { rolledOut, type Transition } from './workload.ts';

/** New pods of the same version, by `kubectl rollout restart`. */
export function restart(): Transition {
  const detail = 'kubectl rollout restart';
  return {
    kind: 'restart',
    detail,
    async drive(workload) {
      const args = ['rollout', 'restart', `deployment/${workload.deployment}`];
      await kubectl(workload, { action: 'restart', detail }, args);
      return rolledOut(workload);
    },
  };
}
