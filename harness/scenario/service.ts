import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import type { HelmChart } from '../cluster/helm.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { ensureOwnImage, type OwnImage } from '../cluster/own-images.ts';
import { CannotRun } from '../errors.ts';
import type { Workload } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { checked } from './input.ts';
import type { ClaimedNamespace } from './namespace.ts';
import { reasonOf } from './reason.ts';
import { type Amendment, amended, type ManifestSource, renderManifests, sourceName } from './render.ts';
import { patchesFor, type ServiceSettings } from './settings.ts';
import { aborted } from './until.ts';

/** A service that a scenario deploys: where its manifests are, what is rolled, what is called, and which images it needs. */
export interface ServiceUnderTest {
  manifests: ManifestSource | ManifestSource[];
  deployment: string;
  /** Other Deployments whose pods serve behind the same Service: see Workload. */
  others?: string[];
  service: string;
  /** Where it goes to; default: a namespace of the scenario's own. */
  namespace?: string;
  /** It is there, and lives: nothing is applied. */
  live?: LiveService;
  /** Of the Service, where it is not the first one that is called. */
  port?: number;
  /** What has to be up before the service. */
  environment?: Environment;
  /** Sample services that have to be built and loaded: folder under fixtures/services and version. */
  images: { service: string; version: string }[];
  /** Other images that have to be loaded. */
  ownImages?: OwnImage[];
  versions?: { old: string; new: string; all?: string[] };
  /** Its pods log the ids of the requests they handle. */
  logsRequestIds: boolean;
  /** Images that behave where its own do not, by name without tag: what `--prove-fix` tries where code has to change. */
  fixedImages?: Record<string, string>;
  /** A change that is made to the manifests before they are applied. */
  amendment?: Amendment;
  /**
   * The same service with other settings: replicas, strategy, environment, … More than once, the later one wins.
   *
   * @throws CannotRun that names the setting that is wrong.
   */
  with(settings: ServiceSettings): ServiceUnderTest;
}

/** In the end it is brought back to the revision that it had, or left as it is then; or nobody touches it, we only look on. */
export interface LiveService {
  after: 'restore' | 'leave' | 'untouched';
  /** Its number of replicas is one of the things that are changed. */
  scales?: boolean;
}

/** What a service needs: a database, a queue. It goes to the same namespace, and is up before the service is applied. */
export interface Environment {
  manifests: ManifestSource[];
  /** Longest that it may take, seconds. Default 180. */
  seconds?: number;
}

/**
 * A sample service of this repository.
 *
 * @param manifests folder under fixtures/manifests
 * @param image folder under fixtures/services
 * @param options.versions of its image, the one that the manifests name first, the one that it is rolled to in the end last
 */
export function sampleService(
  manifests: string,
  image: string,
  options: { deployment?: string; others?: string[]; service?: string; versions?: string[] } = {},
): ServiceUnderTest {
  const { versions = ['1.0.0', '2.0.0'] } = options;
  return composable({
    manifests: join(packageRoot, 'fixtures/manifests', manifests),
    deployment: options.deployment ?? 'python-web-app',
    ...(options.others === undefined ? {} : { others: options.others }),
    service: options.service ?? 'python-web-service',
    images: versions.map((version) => ({ service: image, version })),
    versions: { old: versions[0]!, new: versions.at(-1)!, ...(versions.length > 2 ? { all: versions } : {}) },
    logsRequestIds: true,
    ...(image === 'correct' ? {} : { fixedImages: { [`rollproof/${image}`]: 'rollproof/correct' } }),
  });
}

/** Where an image comes from: Docker has it, or may have it (else it is left to the cluster), pulls it, reads it from a file that `docker save` wrote, or builds it. */
export type ImageSource =
  | 'local'
  | 'auto'
  | 'pull'
  | { archive: string | URL }
  | {
      /** Folder of the Docker context. */
      build: string | URL;
      /** Relative to the context; default Dockerfile. */
      dockerfile?: string;
      args?: Record<string, string>;
      /**
       * Its Dockerfile begins with `ARG DEBIAN=debian:bookworm-slim` and `FROM ${DEBIAN}`: where no image can be pulled, it
       * is given a Debian that is made of packages.
       */
      base?: 'debian';
    };

/** A file, a folder of plain manifests, a folder with a kustomization; or a chart, for your own helm to render. */
export type Manifests =
  | string
  | URL
  | (Omit<HelmChart, 'helm' | 'values'> & { helm: string | URL; values?: (string | URL)[] });

export interface OwnService {
  /** They go to a namespace of the scenario's own. */
  manifests: Manifests | Manifests[];
  /** Name of the Deployment that is rolled. */
  deployment: string;
  /** Name of the Service that is called. */
  service: string;
  /** Where it goes to, for what has its namespace written into it. Default: a namespace of the scenario's own. */
  namespace?: string;
  /** Of the Service, where it is not the first one that is called. */
  port?: number;
  /** What has to be up before it. */
  environment?: { manifests: Manifests | Manifests[]; seconds?: number };
  /** Other Deployments whose pods serve behind the same Service now or later: a canary, green. */
  others?: string[];
  /** Every image that is to be loaded into the cluster, by its name with its tag; the others are left to the cluster. */
  images?: Record<string, ImageSource>;
  /** What the answers' header `x-rollproof-version` says before and after, where the service sends it. */
  versions?: { old: string; new: string };
}

const path = z.union([z.string().min(1), z.instanceof(URL)], 'it has to be a path, or a URL of a file');
const name = z.string('it has to be a name').min(1, 'it has to be a name');

const chart = z.strictObject({
  helm: path,
  release: name.optional(),
  values: z.array(path).optional(),
  set: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
const source = z.union([path, chart], 'it has to be a path, or { helm: chart }');
const sources = z.union([source, z.array(source).min(1)], 'it has to be a path, or some of them');

const ownServiceSchema = z.strictObject({
  manifests: sources,
  deployment: name,
  service: name,
  namespace: z
    .string('it has to be a name')
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'it has to be a name of a-z, 0-9 and -')
    .optional(),
  port: z.int('it has to be a port').min(1, 'it has to be a port').max(65_535, 'it has to be a port').optional(),
  environment: z
    .strictObject({ manifests: sources, seconds: z.number('it has to be a number').positive().optional() })
    .optional(),
  others: z.array(name).optional(),
  images: z
    .record(
      z.string(),
      z.union(
        [
          z.enum(['local', 'auto', 'pull']),
          z.strictObject({ archive: path }),
          z.strictObject({
            build: path,
            dockerfile: name.optional(),
            args: z.record(z.string(), z.string()).optional(),
            base: z.literal('debian').optional(),
          }),
        ],
        `it has to be 'local', 'auto', 'pull', { archive } or { build, dockerfile, args, base }`,
      ),
    )
    .optional(),
  versions: z.strictObject({ old: name, new: name }).optional(),
});

/**
 * A service of one's own. Paths are relative to the folder in which rollproof is started; `new URL('../k8s',
 * import.meta.url)` is one relative to the file.
 *
 * @throws CannotRun that names the field that is wrong.
 */
export function service(given: OwnService): ServiceUnderTest {
  const {
    manifests,
    deployment,
    service,
    namespace,
    port,
    environment,
    others,
    images = {},
    versions,
  } = checked(ownServiceSchema, given, 'service');
  return composable({
    manifests: existing(manifests, 'manifests'),
    deployment,
    service,
    ...(namespace === undefined ? {} : { namespace }),
    ...(port === undefined ? {} : { port }),
    ...(environment === undefined
      ? {}
      : { environment: { ...environment, manifests: existing(environment.manifests, 'environment.manifests') } }),
    ...(others === undefined ? {} : { others }),
    images: [],
    ownImages: Object.entries(images).map(([ref, source]) => ownImage(ref, source)),
    ...(versions === undefined ? {} : { versions }),
    logsRequestIds: false,
  });
}

/** A service that is there already, in a namespace of a cluster that is somebody's. */
export function liveService(
  fields: Pick<ServiceUnderTest, 'deployment' | 'service' | 'port' | 'others' | 'versions'> & { namespace: string },
  live: LiveService,
): ServiceUnderTest {
  return composable({ ...fields, manifests: [], images: [], logsRequestIds: false, live });
}

function existing(given: Manifests | Manifests[], field: string): ManifestSource[] {
  const sources = [given].flat().map(located);
  const missing = sources.find((one): one is string => typeof one === 'string' && !existsSync(one));
  if (missing === undefined) return sources;
  throw new CannotRun(`service: ${field}: there is no ${missing}`, {
    remedy: 'paths are relative to the folder in which rollproof is started; new URL(…, import.meta.url) is not',
  });
}

function located(source: Manifests): ManifestSource {
  if (typeof source === 'string' || source instanceof URL) return absolute(source);
  const { helm, values, ...rest } = source;
  return { ...rest, helm: absolute(helm), ...(values === undefined ? {} : { values: values.map(absolute) }) };
}

function ownImage(ref: string, source: ImageSource): OwnImage {
  if (source === 'local') return { ref };
  if (source === 'auto') return { ref, optional: true };
  if (source === 'pull') return { ref, pull: true };
  if ('archive' in source) return { ref, archive: absolute(source.archive) };
  const { build, ...rest } = source;
  return { ref, build: { context: absolute(build), ...rest } };
}

const absolute = (path: string | URL): string => (path instanceof URL ? fileURLToPath(path) : resolve(path));

function composable(fields: Omit<ServiceUnderTest, 'with'>): ServiceUnderTest {
  return {
    ...fields,
    with(settings) {
      const patches = patchesFor(settings, fields.deployment);
      return composable({ ...fields, amendment: amended(fields.amendment, { patches, images: {} }) });
    },
  };
}

/**
 * Applies a service to a namespace. It need not be up when this returns.
 *
 * @param options.ready resolves once what is applied is run: images are loaded before that
 * @param options.signal ends it, however long an image takes to be built
 */
export async function deploy(
  cluster: StartedCluster,
  service: ServiceUnderTest,
  namespace: ClaimedNamespace,
  progress: (text: string) => void,
  { ready, signal = NEVER }: { ready?: () => Promise<unknown>; signal?: AbortSignal } = {},
): Promise<Workload> {
  if (service.live !== undefined) return workloadOf(service, namespace.name);
  const { deployment, service: called, ownImages = [], amendment } = service;
  const manifests = await renderManifests(cluster, service.manifests, amendment ?? { patches: [], images: {} }, [
    { kind: 'Deployment', name: deployment, field: 'deployment' },
    { kind: 'Service', name: called, field: 'service' },
  ]);
  const refs: string[] = [];
  // Of a cluster whose nodes are out of reach, it is the cluster's own business where an image comes from.
  const loaded = cluster.nodes?.length === 0 ? ownImages.filter(({ optional }) => !optional) : ownImages;
  for (const image of loaded) if (await ensureOwnImage(image, progress, signal)) refs.push(image.ref);
  for (const { service: name, version } of service.images)
    refs.push((await Promise.race([ensureFixtureImage(name, version, progress), aborted(signal)])).ref);
  if (refs.length > 0) {
    progress(`loading ${refs.join(', ')}`);
    const optional = new Set(loaded.filter((one) => one.optional).map(({ ref }) => ref));
    await loadInto(cluster, refs, optional);
  }
  progress('waiting for the cluster');
  await ready?.();
  if (service.environment !== undefined) await bringUp(cluster, service.environment, namespace, { progress, signal });
  progress('applying manifests');
  await namespace.apply(manifests, `manifests: kubectl refuses ${namesOf(service.manifests)}`);
  return workloadOf(service, namespace.name);
}

/**
 * What may be left to the cluster is, where it can't be loaded.
 *
 * @throws CannotRun that names an image that has to be.
 */
export async function loadInto(
  cluster: Pick<StartedCluster, 'loadImages'>,
  refs: string[],
  optional: ReadonlySet<string>,
): Promise<void> {
  // One that can't be loaded keeps the others from it.
  const all = await cluster.loadImages(refs).catch((error: unknown) => error);
  if (all === undefined) return;
  for (const ref of refs)
    await cluster.loadImages([ref]).catch((cause: unknown) => {
      if (optional.has(ref)) return;
      throw new CannotRun(`images: ${ref} can't be loaded into the cluster: ${reasonOf(cause)}`, {
        remedy: `of an image for several platforms, pull one: docker pull --platform linux/${process.arch === 'x64' ? 'amd64' : process.arch} ${ref}`,
        cause,
      });
    });
}

const workloadOf = (
  { deployment, service, port, others, versions }: ServiceUnderTest,
  namespace: string,
): Workload => ({
  namespace,
  deployment,
  service,
  ...(port === undefined ? {} : { port }),
  ...(others ? { others } : {}),
  ...(versions ? { versions } : {}),
});

const namesOf = (sources: ManifestSource | ManifestSource[]) => [sources].flat().map(sourceName).join(', ');

const ENVIRONMENT_SECONDS = 180;

/** Nobody stops it. */
const NEVER = new AbortController().signal;

/** Applies what the service needs, and waits until all of it that rolls out is rolled out. */
async function bringUp(
  cluster: StartedCluster,
  { manifests: paths, seconds = ENVIRONMENT_SECONDS }: Environment,
  namespace: ClaimedNamespace,
  { progress, signal }: { progress: (text: string) => void; signal: AbortSignal },
): Promise<void> {
  const manifests = await renderManifests(cluster, paths, { patches: [], images: {} });
  progress('applying the environment');
  await namespace.apply(manifests, `environment: kubectl refuses ${namesOf(paths)}`);
  const { items } = JSON.parse(manifests) as { items: { kind: string; metadata: { name: string } }[] };
  const deadline = performance.now() + seconds * 1000;
  for (const { kind, metadata } of items.filter(({ kind }) => ROLLED_OUT.has(kind))) {
    progress(`waiting for ${kind} ${metadata.name}`);
    const left = Math.max(1, Math.round((deadline - performance.now()) / 1000));
    const args = [
      'rollout',
      'status',
      `${kind.toLowerCase()}/${metadata.name}`,
      '-n',
      namespace.name,
      `--timeout=${left}s`,
    ];
    try {
      await cluster.kubectl(args, { signal });
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      const pods = await cluster.kubectl(['get', 'pods', '-n', namespace.name, '--no-headers']).catch(() => '');
      throw new CannotRun(`environment: ${kind} ${metadata.name} was not up after ${seconds} s: ${reasonOf(cause)}`, {
        remedy: `its pods: ${
          pods
            .trim()
            .replace(/\s*\n\s*/g, '; ')
            .replace(/ +/g, ' ') || 'none'
        }`,
        cause,
      });
    }
  }
}

const ROLLED_OUT: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
