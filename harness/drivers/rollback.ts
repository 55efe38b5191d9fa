import { KubectlRefused, kubectl } from './kubectl.ts';
import { rolledOut, type Transition } from './workload.ts';

/** No such revision is kept; the Deployment is paused. */
const LEADS_NOWHERE = /no rollout history found|unable to find specified revision|cannot rollback a paused deployment/;

/**
 * Back to the revision before, or to a given one, by `kubectl rollout undo`. Where there is no way back, the transition is
 * over at once, and what kubectl said is in the history: no new ReplicaSet came.
 */
export function rollback({ toRevision }: { toRevision?: number } = {}): Transition {
  const flags = toRevision === undefined ? [] : [`--to-revision=${toRevision}`];
  const detail = ['kubectl rollout undo', ...flags].join(' ');
  return {
    kind: 'rollback',
    detail,
    async drive(workload) {
      const args = ['rollout', 'undo', `deployment/${workload.deployment}`, ...flags];
      try {
        await kubectl(workload, { action: 'rollback', detail }, args);
      } catch (error) {
        if (!(error instanceof KubectlRefused && LEADS_NOWHERE.test(error.message))) throw error;
        return { what: 'nothing', holds: () => true };
      }
      return rolledOut(workload);
    },
  };
}
