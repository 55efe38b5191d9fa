import { existsSync } from 'node:fs';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';
import { type Kubectl, type ManifestSource, readManifests } from '../render.ts';

/** What to say beside a path that is not there. */
export const RELATIVE = 'paths are relative to the file that names them';

/**
 * All objects of some sources.
 *
 * @param kubectl renders kustomizations; it needs no cluster for that
 * @param fields what names each of them, for errors
 * @throws CannotRun where one is not there, or is no YAML.
 */
export async function objectsIn(
  sources: ManifestSource[],
  kubectl: Kubectl,
  fields: string[] = [],
): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const [index, source] of sources.entries()) {
    const field = fields[index];
    if (typeof source === 'string' && !existsSync(source))
      throw new CannotRun(`${field === undefined ? '' : `${field}: `}there is no ${source}`, {
        // A flag is relative to where it is written, as everybody knows.
        ...(field === undefined || field.startsWith('-') ? {} : { remedy: RELATIVE }),
      });
    objects.push(...((await read(kubectl, source, field)) as KubeObject[]));
  }
  return objects;
}

/** What is wrong with one of them is said of the field that names it. */
async function read(kubectl: Kubectl, source: ManifestSource, field: string | undefined): Promise<unknown[]> {
  try {
    return await readManifests(kubectl, source);
  } catch (cause) {
    if (!(cause instanceof CannotRun) || field === undefined) throw cause;
    const { message, remedy } = cause;
    const words = message.startsWith('helm: ') ? `${field}.${message}` : `${field}: ${message}`;
    throw new CannotRun(words, { cause, ...(remedy === undefined ? {} : { remedy }) });
  }
}
