import { kubectl } from './kubectl.ts';
import { rolledOut, type Transition } from './workload.ts';

/** Back to the revision before, or to a given one, by `kubectl rollout undo`. */
export function rollback({ toRevision }: { toRevision?: number } = {}): Transition {
  const flags = toRevision === undefined ? [] : [`--to-revision=${toRevision}`];
  const detail = ['kubectl rollout undo', ...flags].join(' ');
  return {
    kind: 'rollback',
    detail,
    async drive(workload) {
      const args = ['rollout', 'undo', `deployment/${workload.deployment}`, ...flags];
      await kubectl(workload, { action: 'rollback', detail }, args);
      return rolledOut(workload);
    },
  };
}
