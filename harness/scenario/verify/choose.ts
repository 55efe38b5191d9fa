import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';

export interface Container {
  name: string;
  image?: string;
  ports?: { containerPort: number }[];
  readinessProbe?: { httpGet?: { path?: string } };
}

interface Template {
  metadata?: { labels?: Record<string, string> };
  spec?: { containers?: Container[]; initContainers?: Container[] };
}

export const templateOf = ({ spec }: KubeObject): Template =>
  (spec as { template?: Template } | undefined)?.template ?? {};

export const nameOf = ({ metadata }: KubeObject): string => metadata?.name ?? '';

/** A Deployment, and the Service in front of it. */
export interface Pair {
  deployment: KubeObject;
  service: KubeObject;
}

/** Names, where they are given. */
export interface Wanted {
  deployment?: string;
  service?: string;
}

/**
 * Which Deployment is meant, and which Service: those that are named, else the only ones that fit together.
 *
 * @throws CannotRun where there is none, or there are several and none is named.
 */
export function choose(objects: KubeObject[], wanted: Wanted = {}): Pair {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  const pairs = deployments.flatMap((deployment) =>
    objects
      .filter((one) => one.kind === 'Service' && selects(one, deployment))
      .map((service) => ({ deployment, service })),
  );
  const ofDeployment = pairs.filter(
    ({ deployment }) => wanted.deployment === undefined || nameOf(deployment) === wanted.deployment,
  );
  if (wanted.deployment !== undefined && ofDeployment.length === 0) throw lonely(deployments, pairs, wanted.deployment);
  const [only, ...others] = ofDeployment.filter(
    ({ service }) => wanted.service === undefined || nameOf(service) === wanted.service,
  );
  if (only === undefined) throw none(deployments, ofDeployment, wanted.service);
  if (others.length === 0) return only;
  const several = new Set([only, ...others].map(({ deployment }) => nameOf(deployment)));
  if (several.size === 1)
    throw new CannotRun(`Deployment ${nameOf(only.deployment)} has ${others.length + 1} Services`, {
      remedy: `name one with --service: ${[only, ...others].map(({ service }) => nameOf(service)).join(', ')}`,
    });
  throw new CannotRun(`the manifests have ${several.size} Deployments with a Service`, {
    remedy: `name one with --deployment: ${[...several].join(', ')}`,
  });
}

function lonely(deployments: KubeObject[], pairs: Pair[], wanted: string): CannotRun {
  const there = deployments.some((one) => nameOf(one) === wanted);
  const words = there ? `no Service selects the pods of Deployment ${wanted}` : `there is no Deployment ${wanted}`;
  const names = [...new Set(pairs.map(({ deployment }) => nameOf(deployment)))];
  return new CannotRun(words, { remedy: `there are: ${names.join(', ') || 'none with a Service'}` });
}

function none(deployments: KubeObject[], pairs: Pair[], service: string | undefined): CannotRun {
  if (deployments.length === 0) return new CannotRun('the manifests have no Deployment');
  if (service === undefined) return new CannotRun('no Service in the manifests selects the pods of a Deployment');
  const names = [...new Set(pairs.map((pair) => nameOf(pair.service)))];
  return new CannotRun(`no Service ${service} selects the pods of a Deployment`, {
    remedy: `there are: ${names.join(', ') || 'none that does'}`,
  });
}

function selects(service: KubeObject, deployment: KubeObject): boolean {
  const { selector = {} } = (service.spec ?? {}) as { selector?: Record<string, string> };
  const labels = templateOf(deployment).metadata?.labels ?? {};
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}
