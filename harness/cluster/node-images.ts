import { execa } from 'execa';
import type { StartedCluster } from './kind.ts';

type Nodes = Pick<StartedCluster, 'exec' | 'nodes'>;

/** Names of the images that a node has, as containerd writes them; undefined where nobody can say. */
export async function imagesOn({ exec }: Pick<Nodes, 'exec'>, node: string): Promise<string[] | undefined> {
  try {
    return (await exec(['ctr', '-n', 'k8s.io', 'images', 'ls', '-q'], node)).split('\n').filter(Boolean);
  } catch {
    return undefined;
  }
}

/** containerd writes out what Docker's short names leave away: docker.io/library/web:1 is web:1. */
export const isImage = (name: string, ref: string): boolean => name === ref || name.endsWith(`/${ref}`);

export interface LoadedImages {
  /** Those of the images that not every node has as Docker has them now. */
  missing(refs: string[], nodes: Nodes): Promise<string[]>;
  /** They were loaded. */
  note(refs: string[]): Promise<void>;
}

/**
 * What this process has put on the nodes: an image that was loaded, and is still there, need not be saved, copied and read
 * again (2 s for a small one).
 *
 * @param idsOf Docker's ids of images, in their order; rejects where it does not have one of them
 */
export function loadedImages(idsOf: (refs: string[]) => Promise<string[]> = dockerIds): LoadedImages {
  const loaded = new Map<string, string>();
  const known = async (refs: string[]) => idsOf(refs).catch(() => [] as string[]);
  return {
    async missing(refs, { exec, nodes }) {
      const same = await known(refs);
      const kept = refs.filter((ref, i) => same[i] !== undefined && loaded.get(ref) === same[i]);
      if (kept.length === 0) return refs;
      const has = await Promise.all(nodes.map((node) => imagesOn({ exec }, node)));
      const everywhere = (ref: string) => has.every((names) => names?.some((name) => isImage(name, ref)) === true);
      return refs.filter((ref) => !(kept.includes(ref) && everywhere(ref)));
    },
    async note(refs) {
      for (const [i, id] of (await known(refs)).entries()) loaded.set(refs[i]!, id);
    },
  };
}

async function dockerIds(refs: string[]): Promise<string[]> {
  const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', ...refs]);
  return stdout.split('\n');
}
