import { rolledOut, type Transition } from './workload.ts';

/** Another number of replicas, by `kubectl scale`. */
export function scale({ replicas }: { replicas: number }): Transition {
  const detail = `kubectl scale --replicas=${replicas}`;
  return {
    kind: 'scale',
    detail,
    async drive(workload) {
      const { cluster, namespace, deployment } = workload;
      const args = ['-n', namespace, 'scale', `deployment/${deployment}`, `--replicas=${replicas}`];
      await workload.act('scale', detail, () => cluster.kubectl(args));
      return rolledOut(workload);
    },
  };
}
