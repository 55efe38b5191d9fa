import { rolledOut, type Transition } from './workload.ts';

/** Any change of the Deployment in one write: a strategic merge patch, by `kubectl patch`. */
export function patch(change: object): Transition {
  const json = JSON.stringify(change);
  const detail = `kubectl patch ${json}`;
  return {
    kind: 'patch',
    detail,
    async drive(workload) {
      const { cluster, namespace, deployment } = workload;
      const args = ['-n', namespace, 'patch', `deployment/${deployment}`, '--type=strategic', `--patch=${json}`];
      await workload.act('patch', detail, () => cluster.kubectl(args));
      return rolledOut(workload);
    },
  };
}
