import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseAllDocuments, type Tags } from 'yaml';
import { type HelmChart, isChartFolder, renderChart } from '../cluster/helm.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { renameImage } from '../drivers/images.ts';
import { CannotRun } from '../errors.ts';
import { reasonOf } from './reason.ts';

/** What renders kustomizations and makes patches: it needs no cluster for either. */
export type Kubectl = Pick<StartedCluster, 'kubectl'>;

/** Where manifests come from: a file, a folder of plain ones, a folder with a kustomization, or a Helm chart. */
export type ManifestSource = string | HelmChart;

/** A strategic merge patch on one object of the manifests. */
export interface Patch {
  kind: string;
  name: string;
  patch: object;
}

/** In a patch, in place of a container's name: the only one that there is. */
export const ONLY_CONTAINER = '*';

/** A change to a copy of a service: what `.with` asks for, and what `--prove-fix` tries. */
export interface Amendment {
  /** In their order. */
  patches: Patch[];
  /** Image names (without tags) that take the place of others. */
  images: Record<string, string>;
}

/** One amendment, and another on what it leaves. */
export function amended(first: Amendment | undefined, second: Amendment): Amendment {
  if (first === undefined) return second;
  return { patches: [...first.patches, ...second.patches], images: { ...first.images, ...second.images } };
}

interface Container {
  name: string;
}

interface Manifest {
  apiVersion?: string;
  kind?: string;
  /** Of a List. */
  items?: Manifest[];
  metadata?: { name?: string; namespace?: string };
  spec?: { template?: { spec?: { containers?: Container[] } } };
}

/** An object that the manifests must have, and the setting that names it. */
export interface Needed {
  kind: string;
  name: string;
  field: string;
}

/**
 * Manifests, as one text for kubectl, with the amendment made. They name no
 * namespace any more: they go to one of the scenario's own.
 *
 * @throws CannotRun where they are no YAML, or lack an object that is needed or is to be patched.
 */
export async function renderManifests(
  cluster: Kubectl,
  source: ManifestSource | ManifestSource[],
  { patches, images }: Amendment,
  needed: Needed[] = [],
): Promise<string> {
  const manifests: Manifest[] = [];
  const named = [source].flat().map(sourceName).join(', ');
  for (const one of [source].flat()) manifests.push(...(await readManifests(cluster, one)));
  for (const { kind, name, field } of needed) {
    if (find(manifests, kind, name) !== undefined) continue;
    const there = manifests.filter((one) => one.kind === kind).map(({ metadata }) => metadata?.name);
    throw new CannotRun(`${field}: ${named} has no ${kind} ${name}`, {
      remedy: there.length === 0 ? `it has no ${kind} at all` : `there are: ${there.join(', ')}`,
    });
  }
  for (const { kind, name, patch } of patches) {
    const found = find(manifests, kind, name);
    if (found === undefined) throw new CannotRun(`${named} has no ${kind} ${name} to patch`);
    const whole = JSON.stringify(withContainer(patch, found));
    const args = ['patch', '--local', '--type=strategic', '-o', 'json', '-f', '-', '-p', whole];
    const patched = JSON.parse(await cluster.kubectl(args, { input: JSON.stringify(found) }));
    manifests[manifests.indexOf(found)] = patched;
  }
  // JSON, because kubectl reads YAML 1.1, where an unquoted `yes` is no text.
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests.map((one) => renamed(one, images)) });
}

const find = (manifests: Manifest[], kind: string, name: string) =>
  manifests.find((one) => one.kind === kind && one.metadata?.name === name);

/** What to call it, to people. */
export const sourceName = (source: ManifestSource): string =>
  typeof source === 'string' ? source : `the chart ${source.helm}`;

/** Objects of a source, those of its Lists too, without their namespaces; a Namespace is none of them. */
export async function readManifests(cluster: Kubectl, source: ManifestSource): Promise<Manifest[]> {
  const path = sourceName(source);
  const text = await textOf(cluster, source);
  const documents = parseAllDocuments(text, { version: '1.1', customTags: asKubectlReads }) as Document[];
  const broken = documents.find(({ errors }) => errors.length > 0);
  if (broken !== undefined) throw new CannotRun(`${path} is not YAML: ${broken.errors[0]!.message.split('\n')[0]}`);
  return documents
    .flatMap((document) => objectsOf(document.toJS() as Manifest))
    .filter((one) => one?.kind !== undefined && one.kind !== 'Namespace')
    .map(withoutNamespace);
}

/** To kubectl a date is a text, and so is 08:30: other readers of YAML 1.1 make a time and a number of them. */
const asKubectlReads = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' || (!('format' in tag && tag.format === 'TIME') && !tag.tag.endsWith(':timestamp')),
  );

/** What `kubectl get -o yaml` of several writes is one object, and applied as all that are in it. */
function objectsOf(manifest: Manifest): Manifest[] {
  if (!manifest?.kind?.endsWith('List') || !Array.isArray(manifest.items)) return [manifest];
  // Those of a DeploymentList need not say what they are.
  const own = manifest.kind.slice(0, -'List'.length);
  const { apiVersion } = manifest;
  const kind = own === '' ? {} : { kind: own, ...(apiVersion === undefined ? {} : { apiVersion }) };
  return manifest.items.flatMap((one) => objectsOf({ ...kind, ...one }));
}

function withoutNamespace(manifest: Manifest): Manifest {
  const { namespace: _, ...metadata } = manifest.metadata ?? {};
  return { ...manifest, metadata };
}

/** A patch in which no container is without its own name. */
function withContainer(patch: Manifest, manifest: Manifest): Manifest {
  const pod = patch.spec?.template?.spec;
  if (!pod?.containers?.some(({ name }) => name === ONLY_CONTAINER)) return patch;
  const names = (manifest.spec?.template?.spec?.containers ?? []).map(({ name }) => name);
  if (names.length !== 1) {
    throw new CannotRun(
      `${manifest.kind} ${manifest.metadata?.name} has ${names.length} containers (${names.join(', ')}): container: which one is meant?`,
      { remedy: 'name it in `container`' },
    );
  }
  const containers = pod.containers.map((one) => (one.name === ONLY_CONTAINER ? { ...one, name: names[0]! } : one));
  return { ...patch, spec: { ...patch.spec, template: { ...patch.spec?.template, spec: { ...pod, containers } } } };
}

/** As kubectl knows a folder to be one. */
const KUSTOMIZATIONS = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

async function textOf(cluster: Kubectl, source: ManifestSource): Promise<string> {
  if (typeof source !== 'string') return renderChart(source);
  if (KUSTOMIZATIONS.some((name) => existsSync(join(source, name)))) return kustomized(cluster, source);
  if (isChartFolder(source))
    throw new CannotRun(`${source} is a Helm chart`, { remedy: `name it as one: { helm: ${source} }` });
  return plain(source);
}

async function kustomized(cluster: Kubectl, folder: string): Promise<string> {
  try {
    return await cluster.kubectl(['kustomize', folder]);
  } catch (cause) {
    throw new CannotRun(`${folder} can't be rendered: ${reasonOf(cause)}`, { cause });
  }
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
