import type { Observer } from './beside.ts';
import { onEachNode } from './on-each-node.ts';
import type { StartedWorkload } from './workload.ts';

/**
 * Before a transition: a tag means another image from now on, as where somebody pushes over it. Who is there keeps what it
 * runs; whoever starts gets the other. Only on nodes that can be reached: kind's. It is taken back in the end.
 *
 * @param tag of the image, with its name: "web:stable"
 * @param to the image that it is to mean; the nodes have it
 */
export function moveTag({ tag, to }: { tag: string; to: string }): Observer {
  const detail = `${tag} is ${to} from now on`;
  return {
    detail,
    async before(workload) {
      const kept = `${tag}-before`;
      await retag(workload, tag, kept);
      workload.defer(() => retag(workload, kept, tag));
      await workload.act('move-tag', detail, () => retag(workload, to, tag));
    },
  };
}

/** As containerd has it. */
const named = (image: string) => `docker.io/${image}`;

const retag = (workload: StartedWorkload, image: string, tag: string) =>
  onEachNode(workload, `${tag} is to be ${image}`, [
    'ctr',
    ...['--namespace', 'k8s.io', 'images', 'tag', '--force', named(image), named(tag)],
  ]);
