import { rolledOut, type Transition } from './workload.ts';

/** New pods of the same version, by `kubectl rollout restart`. */
export function restart(): Transition {
  const detail = 'kubectl rollout restart';
  return {
    kind: 'restart',
    detail,
    async drive(workload) {
      const { cluster, namespace, deployment } = workload;
      const args = ['-n', namespace, 'rollout', 'restart', `deployment/${deployment}`];
      await workload.act('restart', detail, () => cluster.kubectl(args));
      return rolledOut(workload);
    },
  };
}
