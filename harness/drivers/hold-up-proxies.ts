import type { Observer } from './beside.ts';
import { onEachNode } from './on-each-node.ts';

const PROXY = 'kube-proxy';

/**
 * Beside a transition: no kube-proxy of the cluster takes anything up for so long, as where they are starved or sync
 * rarely. It begins right before the change: new pods get nothing meanwhile, and old ones go on getting what they got. Only
 * on nodes that can be reached: kind's.
 */
export function holdUpProxies({ seconds }: { seconds: number }): Observer {
  const detail = `${PROXY} held up for ${seconds} s`;
  let until = Number.POSITIVE_INFINITY;
  return {
    detail,
    async before(workload) {
      workload.defer(() => onEachNode(workload, detail, ['sh', '-c', `pkill -CONT -x ${PROXY}`]));
      until = workload.clock() + seconds * 1e9;
      // The node lets it go by itself: this process may be killed.
      const held = `pkill -STOP -x ${PROXY} && { (sleep ${seconds}; pkill -CONT -x ${PROXY}) >/dev/null 2>&1 & }`;
      await workload.act('hold-up-proxies', detail, () => onEachNode(workload, detail, ['sh', '-c', held]));
    },
    after: (workload) => () => workload.clock() >= until,
  };
}
