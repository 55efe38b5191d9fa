import { join } from 'node:path';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import type { StartedCluster } from '../cluster/kind.ts';
import { createNamespace } from '../cluster/readiness.ts';
import type { Workload } from '../history/types.ts';
import { packageRoot } from '../package-root.ts';
import { type Amendment, amended, renderManifests } from './render.ts';
import { patchesFor, type ServiceSettings } from './settings.ts';

/** A service that a scenario deploys: where its manifests are, what is rolled, what is called, and which images it needs. */
export interface ServiceUnderTest {
  /** Folder with a kustomization, or with plain manifests. */
  manifests: string;
  deployment: string;
  /** Other Deployments whose pods serve behind the same Service: see Workload. */
  others?: string[];
  service: string;
  /** Sample services that have to be built and loaded: folder under fixtures/services and version. */
  images: { service: string; version: string }[];
  versions?: { old: string; new: string };
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
    versions: { old: versions[0]!, new: versions.at(-1)! },
    logsRequestIds: true,
    ...(image === 'correct' ? {} : { fixedImages: { [`rollproof/${image}`]: 'rollproof/correct' } }),
  });
}

function composable(fields: Omit<ServiceUnderTest, 'with'>): ServiceUnderTest {
  return {
    ...fields,
    with(settings) {
      const patches = patchesFor(settings, fields.deployment);
      return composable({ ...fields, amendment: amended(fields.amendment, { patches, images: {} }) });
    },
  };
}

/** Applies a service to a new namespace. It need not be up when this returns. */
export async function deploy(
  cluster: StartedCluster,
  service: ServiceUnderTest,
  namespace: string,
  labels: Record<string, string>,
  progress: (text: string) => void,
): Promise<Workload> {
  const refs: string[] = [];
  for (const { service: name, version } of service.images)
    refs.push((await ensureFixtureImage(name, version, progress)).ref);
  progress(`loading ${refs.join(', ')}`);
  await cluster.loadImages(refs);
  await createNamespace(cluster, namespace, labels);
  progress('applying manifests');
  const manifests = await renderManifests(cluster, service.manifests, service.amendment ?? { patches: [], images: {} });
  await cluster.kubectl(['apply', '-n', namespace, '-f', '-'], { input: manifests });
  const { deployment, others, service: called, versions } = service;
  return { namespace, deployment, service: called, ...(others ? { others } : {}), ...(versions ? { versions } : {}) };
}
