import { checkSource } from '../../cluster/own-images.ts';
import { type Risk, risksOf } from '../../diagnosis/risks.ts';
import { CannotRun } from '../../errors.ts';
import { deploymentOf } from '../../history/objects.ts';
import type { KubeObject } from '../../history/types.ts';
import type { Kubectl, ManifestSource } from '../render.ts';
import { templateOf } from './choose.ts';
import { containerOf, definitionOf, inFolder, ledTo, type Resolved } from './definition-of.ts';
import { objectsIn, RELATIVE } from './manifests.ts';
import type { Config } from './schema.ts';
import { checkScript } from './script.ts';

export type { Risk } from '../../diagnosis/risks.ts';

/** What is known before any cluster is: the manifests, and what they give away. */
export interface Preflight {
  resolved: Resolved;
  risks: Risk[];
}

/**
 * Reads the manifests of a rollproof.yaml, and looks at them.
 *
 * @param kubectl renders kustomizations; it needs no cluster for that
 * @param there what is there, and what becomes of it, where nothing is made of manifests
 * @throws CannotRun where they are not there, are no YAML, or lack what is named; and where no request could reach a pod.
 */
export async function preflight(
  config: Config,
  folder: string,
  kubectl: Kubectl,
  there?: { objects: KubeObject[]; live: NonNullable<Resolved['live']> },
): Promise<Preflight> {
  const { manifests = [], deployment, service } = config.service;
  const objects =
    there?.objects ??
    (await objectsIn(
      manifests.map((one) => inFolder(one, folder)),
      kubectl,
      manifests.map((_, index) => `service.manifests.${index}`),
    ));
  const where = there === undefined ? 'the manifests have' : `the namespace ${config.service.namespace} has`;
  const rolled = named(objects, 'Deployment', deployment, 'service.deployment', where);
  const called = named(objects, 'Service', service, 'service.service', where);
  const port = checkPort(called, config.service.port);
  checkAddress(called, config);
  const risks = risksOf(objects, { deployment, service });
  // Without a cause of the catalogue it is no way to drop requests: none would come.
  const nobody = risks.find(
    ({ cause, words, field }) =>
      cause === undefined && / none is reached$/.test(words) && (!isPort(field) || field.startsWith(port)),
  );
  if (nobody !== undefined)
    throw new CannotRun(`${nobody.object}: ${nobody.field}: ${nobody.words}`, { remedy: nobody.fix });
  const resolved = {
    config,
    folder,
    containers: containersOf(rolled),
    replicas: deploymentOf(rolled).replicas,
    ...(there === undefined ? {} : { live: there.live }),
  };
  checkUpdates(resolved, rolled);
  if (there?.live.after === 'restore') checkWayBack(resolved, rolled);
  await checkOthers(resolved, objects, kubectl, where);
  return { resolved, risks };
}

/** All that it names besides: found missing now, it costs nothing. */
async function checkOthers(resolved: Resolved, objects: KubeObject[], kubectl: Kubectl, where: string): Promise<void> {
  const { folder, config } = resolved;
  const { service, environment, transitions = [] } = config;
  const readable = async (sources: ManifestSource[], field: (index: number) => string) => {
    const all = sources.map((one) => inFolder(one, folder));
    await objectsIn(
      all,
      kubectl,
      sources.map((_, index) => field(index)),
    );
  };
  await readable(environment?.manifests ?? [], (index) => `environment.manifests.${index}`);
  const led = ledTo(config);
  for (const [index, name] of (service.others ?? []).entries())
    if (!led.some(({ deployment, made }) => made && deployment === name))
      named(objects, 'Deployment', name, `service.others.${index}`, where);
  for (const [index, one] of transitions.entries()) {
    const { apply } = one as { apply?: ManifestSource };
    if (apply !== undefined) await readable([apply], () => `transitions.${index}.apply`);
  }
  for (const { deployment, field, made } of led) if (!made) named(objects, 'Deployment', deployment, field, where);
  const { given, under } = definitionOf(resolved);
  if (under?.script !== undefined) await checkScript(under.script);
  // What it is made of says what else is wrong with it.
  for (const image of given.ownImages ?? []) checkSource(image, RELATIVE);
}

/** @returns the field of the port that is called */
function checkPort({ metadata, spec }: KubeObject, port: number | undefined): string {
  const { ports = [] } = (spec ?? {}) as ServiceSpec;
  const index = ports.findIndex((one) => port === undefined || one.port === port);
  if (index >= 0) return `spec.ports[${index}].`;
  throw new CannotRun(`service.port: Service ${metadata?.name} has no port${port === undefined ? '' : ` ${port}`}`, {
    remedy: `there are: ${ports.map((one) => one.port).join(', ') || 'none'}`,
  });
}

const isPort = (field: string): boolean => field.startsWith('spec.ports[');

interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  ports?: { port: number }[];
}

/** Where the load goes to an address of the Service's own, it needs one. */
function checkAddress({ metadata, spec }: KubeObject, { load }: Config): void {
  if (load?.target !== undefined && load.target !== 'service') return;
  const { type, clusterIP } = (spec ?? {}) as ServiceSpec;
  const why = type === 'ExternalName' ? 'of type ExternalName' : clusterIP === 'None' ? 'headless' : undefined;
  if (why === undefined) return;
  throw new CannotRun(`service.service: ${metadata?.name} is ${why}: it has no address of its own`, {
    remedy: 'name the Service that clients call, or say with load.target where they do',
  });
}

/** What takes a revision of its own. */
const REVISIONS: ReadonlySet<string> = new Set(['rolling', 'restart', 'rollback', 'pause-resume']);

/** @throws CannotRun where the revision that it has would be gone once all updates are made. */
function checkWayBack({ config: { service, transitions = [] } }: Resolved, { spec }: KubeObject): void {
  const { revisionHistoryLimit: kept = 10 } = (spec ?? {}) as { revisionHistoryLimit?: number };
  const updates = transitions.filter((one) => REVISIONS.has(Object.keys(one)[0]!)).length;
  if (updates <= kept) return;
  throw new CannotRun(
    `--in-place: Deployment ${service.deployment} keeps ${kept} old revision${kept === 1 ? '' : 's'} (spec.revisionHistoryLimit), and after ${updates} update${updates === 1 ? '' : 's'} the one that it has would be gone`,
    { remedy: 'a higher limit; or --leave, which brings nothing back' },
  );
}

/** Transitions after which the images are as they were. */
const KEEPS_IMAGES: ReadonlySet<string> = new Set(['restart', 'scale']);

/** @throws CannotRun where an update is to the image that is there already: kubectl would change nothing. */
function checkUpdates(resolved: Resolved, rolled: KubeObject): void {
  const { containers = [] } = templateOf(rolled).spec ?? {};
  const images = new Map(containers.map(({ name, image }) => [name, image]));
  for (const [index, transition] of (resolved.config.transitions ?? []).entries()) {
    const [[kind, given] = ['', {}]] = Object.entries(transition) as [string, { image?: string; container?: string }][];
    if (KEEPS_IMAGES.has(kind)) continue;
    if ((kind !== 'rolling' && kind !== 'pause-resume') || given.image === undefined) return;
    const container = containerOf(given.container, `transitions.${index}.${kind}`, resolved);
    if (images.get(container) === given.image)
      throw new CannotRun(
        `transitions.${index}.${kind}.image: ${container} is ${given.image} already: nothing would be rolled`,
        { remedy: 'name the image that it is to become; `restart: {}` (by flags: no --image) rolls the same one anew' },
      );
    images.set(container, given.image);
  }
}

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'CronJob', 'Rollout'];

function named(objects: KubeObject[], kind: string, name: string, field: string, where: string): KubeObject {
  const found = objects.find((one) => one.kind === kind && one.metadata?.name === name);
  if (found !== undefined) return found;
  const other = objects.find((one) => one.metadata?.name === name && WORKLOADS.includes(one.kind ?? ''));
  if (kind === 'Deployment' && other !== undefined)
    throw new CannotRun(`${field}: ${name} is a ${other.kind}`, { remedy: 'so far only Deployments can be verified' });
  const there = objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata?.name);
  throw new CannotRun(`${field}: ${where} no ${kind} ${name}`, {
    remedy: there.length === 0 ? `there is no ${kind} at all` : `there are: ${there.join(', ')}`,
  });
}

function containersOf({ spec }: KubeObject): string[] {
  const { template } = (spec ?? {}) as { template?: { spec?: { containers?: { name: string }[] } } };
  return (template?.spec?.containers ?? []).map(({ name }) => name);
}
