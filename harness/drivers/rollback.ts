import { rolledOut, type Transition } from './workload.ts';

/** Back to the revision before, or to a given one, by `kubectl rollout undo`. */
export function rollback({ toRevision }: { toRevision?: number } = {}): Transition {
  const flags = toRevision === undefined ? [] : [`--to-revision=${toRevision}`];
  const detail = ['kubectl rollout undo', ...flags].join(' ');
  return {
    kind: 'rollback',
    detail,
    async drive(workload) {
      const { cluster, namespace, deployment } = workload;
      const args = ['-n', namespace, 'rollout', 'undo', `deployment/${deployment}`, ...flags];
      await workload.act('rollback', detail, () => cluster.kubectl(args));
      return rolledOut(workload);
    },
  };
}
