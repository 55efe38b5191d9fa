import { kubectl } from './kubectl.ts';
import { rolledOut, type Transition } from './workload.ts';

/** Another number of replicas, by `kubectl scale`. */
export function scale({ replicas }: { replicas: number }): Transition {
  const detail = `kubectl scale --replicas=${replicas}`;
  return {
    kind: 'scale',
    detail,
    async drive(workload) {
      const args = ['scale', `deployment/${workload.deployment}`, `--replicas=${replicas}`];
      await kubectl(workload, { action: 'scale', detail }, args);
      return rolledOut(workload);
    },
  };
}
