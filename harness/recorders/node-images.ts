import { fullName, imagesOn } from '../cluster/node-images.ts';
import type { Observation } from '../history/types.ts';
import type { NodeServiceOptions } from './node-services.ts';

export interface StartedNodeImages {
  /** To be shown every observation: it learns which images the pods ask for. */
  see(observation: Observation): void;
  /** To be called once, at the end. */
  collect(): Promise<void>;
}

/**
 * Whether images that nodes had, and that pods ask for, are still there in the end. One that is gone (a kubelet that runs out
 * of disk takes images away) is a fault of the machine: pods can't start, however sound they are.
 */
export function startNodeImages({ cluster, clock, append }: NodeServiceOptions): StartedNodeImages {
  const began = clock.now();
  const before = Promise.all(cluster.nodes.map((node) => imagesOn(cluster, node)));
  const wanted = new Set<string>();

  return {
    see(observation) {
      if (observation.type === 'object') for (const image of imagesOf(observation.object)) wanted.add(fullName(image));
    },
    async collect() {
      const had = await before;
      const has = await Promise.all(cluster.nodes.map((node) => imagesOn(cluster, node)));
      for (const [index, node] of cluster.nodes.entries()) {
        const [first, last] = [had[index], has[index]];
        if (first === undefined || last === undefined) continue;
        const gone = first.filter((name) => !last.includes(name) && wanted.has(name));
        for (const name of gone)
          append({
            type: 'fault',
            t: clock.now(),
            source: 'images',
            from: began,
            to: clock.now(),
            detail: `${name} was on ${node}, and is not there any more`,
          });
      }
    },
  };
}

interface WithImages {
  spec?: PodSpec & { template?: { spec?: PodSpec } };
}

interface PodSpec {
  containers?: { image?: string }[];
  initContainers?: { image?: string }[];
}

/** Of a pod, or of what has a template of one. */
function imagesOf(object: object): string[] {
  const { spec } = object as WithImages;
  return [spec, spec?.template?.spec]
    .flatMap((one) => [...(one?.containers ?? []), ...(one?.initContainers ?? [])])
    .flatMap(({ image }) => image ?? []);
}
