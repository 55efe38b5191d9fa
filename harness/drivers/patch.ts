import { kubectl } from './kubectl.ts';
import { rolledOut, type Transition } from './workload.ts';

/** Any change of the Deployment in one write: a strategic merge patch, by `kubectl patch`. */
export function patch(change: object): Transition {
  const json = JSON.stringify(change);
  const detail = `kubectl patch ${json}`;
  return {
    kind: 'patch',
    detail,
    async drive(workload) {
      const args = ['patch', `deployment/${workload.deployment}`, '--type=strategic', `--patch=${json}`];
      await kubectl(workload, { action: 'patch', detail }, args);
      return rolledOut(workload);
    },
  };
}
