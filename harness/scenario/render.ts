import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseAllDocuments, stringify } from 'yaml';
import type { StartedCluster } from '../cluster/kind.ts';
import { renameImage } from '../drivers/images.ts';
import { CannotRun } from '../errors.ts';

/** A change to a copy of a service: what `--prove-fix` tries. */
export interface Amendment {
  /** Strategic merge patches, in their order. */
  patches: { kind: string; name: string; patch: object }[];
  /** Image names (without tags) that take the place of others. */
  images: Record<string, string>;
}

interface Manifest {
  kind?: string;
  metadata?: { name?: string };
}

/** The manifests of a folder (a kustomization, or plain files) or of a file, as one text with the amendment made. */
export async function renderManifests(
  cluster: Pick<StartedCluster, 'kubectl'>,
  path: string,
  { patches, images }: Amendment,
): Promise<string> {
  const text = existsSync(join(path, 'kustomization.yaml')) ? await cluster.kubectl(['kustomize', path]) : plain(path);
  const documents = parseAllDocuments(text) as Document[];
  const broken = documents.find(({ errors }) => errors.length > 0);
  if (broken !== undefined) throw new CannotRun(`${path} is not YAML: ${broken.errors[0]!.message.split('\n')[0]}`);
  const manifests = documents.map((document) => document.toJS() as Manifest).filter((one) => one?.kind !== undefined);
  for (const { kind, name, patch } of patches) {
    const index = manifests.findIndex((one) => one.kind === kind && one.metadata?.name === name);
    const found = manifests[index];
    if (found === undefined) throw new CannotRun(`${path} has no ${kind} ${name} to patch`);
    const args = ['patch', '--local', '--type=strategic', '-o', 'json', '-f', '-', '-p', JSON.stringify(patch)];
    manifests[index] = JSON.parse(await cluster.kubectl(args, { input: JSON.stringify(found) }));
  }
  return manifests.map((one) => stringify(renamed(one, images))).join('---\n');
}

function plain(path: string): string {
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.(ya?ml|json)$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files.map((file) => readFileSync(file, 'utf8')).join('\n---\n');
}

/** Every `image` field whose name, without its tag, is among those. */
function renamed<T>(value: T, images: Record<string, string>): T {
  if (Array.isArray(value)) return value.map((item) => renamed(item, images)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'image' && typeof inner === 'string' ? renameImage(inner, images) : renamed(inner, images),
    ]),
  ) as T;
}
