import type { Ending, Fault } from '../fault.ts';

const ROLL = { after: 'trigger', within: 10 } as const;
const JUDGED: Ending[] = ['verdict', 'inconclusive'];

const killed = (name: string, command: string, pattern = command): Fault => ({
  name: `${name} is killed`,
  moment: ROLL,
  endings: JUDGED,
  strike: async (run) => void (await run.node('pkill', '-9', '-f', `^[^ ]*${pattern}`)),
});

/** What happens to parts of Kubernetes: each comes back by itself. */
export const KUBERNETES: Fault[] = [
  killed('the apiserver', 'kube-apiserver'),
  killed('etcd', 'etcd'),
  killed('the controller manager', 'kube-controller-manager'),
  killed('the scheduler', 'kube-scheduler'),
  killed('the kubelet', 'kubelet'),
  killed('containerd', 'containerd', 'containerd( |$)'),
  killed('kube-proxy', 'kube-proxy'),
  killed('CoreDNS', 'coredns'),
  {
    name: 'the new version’s image disappears from the node',
    moment: { after: 'load', within: 3 },
    endings: JUDGED,
    strike: async (run) =>
      void (await run.node(
        'sh',
        '-c',
        'ctr -n k8s.io images ls -q | grep "rollproof/[a-z]*:2.0.0" | xargs ctr -n k8s.io images rm',
      )),
  },
];
