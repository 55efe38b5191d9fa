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

/** As containerd writes it, with what Docker's short names leave away: web:1 is docker.io/library/web:1. */
export function fullName(ref: string): string {
  const [host = '', ...path] = ref.split('/');
  if (path.length === 0) return `docker.io/library/${ref}`;
  return /[.:]/.test(host) || host === 'localhost' ? ref : `docker.io/${ref}`;
}

export interface LoadedImages {
  /** Those of the images that not every node has as Docker has them now. */
  missing(refs: string[], nodes: Nodes): Promise<MissingImages>;
}

export interface MissingImages {
  refs: string[];
  /** To be called when they were loaded. */
  loaded(): void;
}

/**
 * What this process has put on the nodes: an image that was loaded, and is still there, need not be saved, copied and read
 * again (2 s for a small one).
 *
 * @param idsOf Docker's ids of images, in their order; rejects where it does not have one of them
 */
export function loadedImages(idsOf: (refs: string[]) => Promise<string[]> = dockerIds): LoadedImages {
  const loaded = new Map<string, string>();
  return {
    async missing(refs, { exec, nodes }) {
      // Whatever kind takes from Docker afterwards is that, or newer: then it is loaded once more.
      const ids = await idsOf(refs).catch(() => [] as string[]);
      const kept = refs.filter((ref, i) => ids[i] !== undefined && loaded.get(ref) === ids[i]);
      const has = kept.length === 0 ? [] : await Promise.all(nodes.map((node) => imagesOn({ exec }, node)));
      const everywhere = (ref: string) => has.every((names) => names?.includes(fullName(ref)) === true);
      return {
        refs: refs.filter((ref) => !(kept.includes(ref) && everywhere(ref))),
        loaded() {
          for (const [i, id] of ids.entries()) loaded.set(refs[i]!, id);
        },
      };
    },
  };
}

async function dockerIds(refs: string[]): Promise<string[]> {
  const { stdout } = await execa('docker', ['image', 'inspect', '--format', '{{.Id}}', ...refs]);
  return stdout.split('\n');
}
