import { existsSync } from 'node:fs';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';
import { type Kubectl, readManifests } from '../render.ts';

/**
 * All objects of some files, folders and kustomizations.
 *
 * @param kubectl renders kustomizations; it needs no cluster for that
 * @param fields what names each of the paths, for errors
 * @throws CannotRun where one is not there, or is no YAML.
 */
export async function objectsIn(paths: string[], kubectl: Kubectl, fields: string[] = []): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const [index, path] of paths.entries()) {
    if (!existsSync(path))
      throw new CannotRun(`${fields[index] === undefined ? '' : `${fields[index]}: `}there is no ${path}`, {
        ...(fields[index] === undefined ? {} : { remedy: 'paths are relative to rollproof.yaml' }),
      });
    objects.push(...((await readManifests(kubectl, path)) as KubeObject[]));
  }
  return objects;
}
