import { relative, resolve } from 'node:path';
import type { z } from 'zod';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';
import type { Kubectl } from '../render.ts';
import { choose, nameOf, templateOf } from './choose.ts';
import { objectsIn } from './manifests.ts';
import { CONFIG, type Config } from './schema.ts';

/** What a rollproof.yaml says, for the simple case: said by flags. */
export interface ConfigFlags {
  /** Paths, relative to the working directory; without, what is meant is there already. */
  manifests?: string[];
  namespace?: string;
  deployment?: string;
  service?: string;
  path?: string;
  /** `web:2`, or `app=web:2` where there are several containers: updates to these, in turn. */
  image?: string[];
  /** Roll back at the end. */
  rollback?: boolean;
  post?: string;
}

/** Which flag says what a field says, longest path first. */
const FLAGS: [string, string][] = [
  ['load.path', '--path'],
  ['load.post', '--post'],
  ['service.namespace', '--namespace'],
  ['service.deployment', '--deployment'],
  ['service.service', '--service'],
  ['transitions', '--image'],
];

/**
 * A configuration made of flags. Deployment and Service need not be named where there is only one of them; images that Docker
 * has are loaded, the others are left to the cluster; without an image it is a restart.
 *
 * @param kubectl renders kustomizations; it needs no cluster for that
 * @param live what is there, where nothing is made of manifests
 * @throws CannotRun that names the flag that is wrong.
 */
export async function configFromFlags(flags: ConfigFlags, kubectl: Kubectl, live?: KubeObject[]): Promise<Config> {
  const { manifests = [], image = [], path, post, rollback, namespace } = flags;
  const sources = manifests.map((one) => resolve(one));
  const fields = sources.map(() => '-f');
  const objects = live ?? (await objectsIn(sources, kubectl, fields));
  const { deployment, service } = choose(objects, flags);
  const updates = image.map(updateTo);
  // The service may need what else is there: a database, a worker. What is rolled comes first.
  const refs = [deployment, ...objects].flatMap(imagesOf);
  const made = () => ({
    manifests: manifests.map((one) => relative('.', resolve(one)) || '.'),
    images: Object.fromEntries([...refs, ...updates.map((one) => one.image)].map((ref) => [ref, 'auto' as const])),
  });
  const written = {
    service: {
      deployment: nameOf(deployment),
      service: nameOf(service),
      ...(namespace === undefined ? {} : { namespace }),
      ...(live === undefined ? made() : {}),
    },
    load: { ...(path === undefined ? {} : { path }), ...(post === undefined ? {} : { post }) },
    transitions: [
      ...(updates.length > 0 ? updates.map((rolling) => ({ rolling })) : [{ restart: {} }]),
      ...(rollback ? [{ rollback: {} }] : []),
    ],
  } satisfies z.input<typeof CONFIG>;
  const result = CONFIG.safeParse(written);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue!.path.map(String).join('.');
  const flag = FLAGS.find(([start]) => field.startsWith(start))?.[1] ?? field;
  throw new CannotRun(`${flag}: ${issue!.message}`);
}

/** Of all containers of the pods that an object makes, or is. */
function imagesOf(object: KubeObject): string[] {
  const { jobTemplate } = (object.spec ?? {}) as { jobTemplate?: KubeObject };
  const pod = object.kind === 'Pod' ? object : templateOf(jobTemplate ?? object);
  const { containers = [], initContainers = [] } = (pod.spec ?? {}) as {
    containers?: Image[];
    initContainers?: Image[];
  };
  return [...containers, ...initContainers].flatMap(({ image }) => image ?? []);
}

interface Image {
  image?: string;
}

function updateTo(written: string): { image: string; container?: string } {
  const [container, image, ...more] = written.split('=');
  if (image === undefined && container !== '') return { image: written };
  if (more.length === 0 && container !== '' && image !== '' && image !== undefined)
    return { container: container!, image };
  throw new CannotRun(`--image: "${written}" names no image`, { remedy: 'it has to look like web:2, or app=web:2' });
}
