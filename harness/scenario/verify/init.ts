import type { Risk } from '../../diagnosis/risks.ts';
import { risksOf } from '../../diagnosis/risks.ts';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';

export interface Written {
  /** rollproof.yaml, with comments. */
  text: string;
  risks: Risk[];
}

interface Container {
  name: string;
  image?: string;
  ports?: { containerPort: number }[];
  readinessProbe?: { httpGet?: { path?: string } };
}

interface Template {
  metadata?: { labels?: Record<string, string> };
  spec?: { containers?: Container[] };
}

const templateOf = ({ spec }: KubeObject): Template => (spec as { template?: Template } | undefined)?.template ?? {};

/**
 * A rollproof.yaml for what the manifests hold, to be looked through by a person.
 *
 * @param paths of the manifests, as they are to stand in it
 * @throws CannotRun where there is no Deployment with a Service in front of it, or several and none is named.
 */
export function initialConfig(objects: KubeObject[], paths: string[], wanted?: string): Written {
  const { deployment, service } = choose(objects, wanted);
  const names = { deployment: deployment.metadata?.name ?? '', service: service.metadata?.name ?? '' };
  const containers = templateOf(deployment).spec?.containers ?? [];
  const container = containers.find(({ ports }) => ports !== undefined && ports.length > 0) ?? containers[0];
  if (container?.image === undefined)
    throw new CannotRun(`Deployment ${names.deployment} has no container with an image`);
  const { image, name, readinessProbe } = container;
  const next = nextOf(image);
  const probe = readinessProbe?.httpGet?.path;
  const asked = probe === undefined ? '' : ` (the readiness probe asks ${probe})`;
  const text = `# Written by rollproof init. What is marked TODO has to be looked at; every field is explained in docs/verify.md.
service:
  manifests: [${paths.map(quoted).join(', ')}]
  deployment: ${quoted(names.deployment)}
  service: ${quoted(names.service)}
  # What is loaded into the cluster: local (Docker has it), pull, { build: folder } or { archive: file }.
  images:
    ${quoted(image)}: local
    ${quoted(next)}: local # TODO the version that it is rolled to

load:
  path: / # TODO a path that does real work${asked}
  rate: 60
  # POSTs are sent only where a body for them is written down: only they show what clients repeat in silence.
  # post: '{}'

transitions:
  - rolling: { container: ${quoted(name)}, image: ${quoted(next)} }
  - rollback: {}

expect: pass
`;
  return { text, risks: risksOf(objects, names) };
}

/** The Deployment that is named, else the only one that has a Service. */
function choose(objects: KubeObject[], wanted: string | undefined): { deployment: KubeObject; service: KubeObject } {
  const deployments = objects.filter(({ kind }) => kind === 'Deployment');
  const pairs = deployments.flatMap((deployment) => {
    const service = objects.find((one) => one.kind === 'Service' && selects(one, deployment));
    return service === undefined ? [] : [{ deployment, service }];
  });
  const nameOf = ({ metadata }: KubeObject) => metadata?.name ?? '';
  if (wanted !== undefined) {
    const found = pairs.find(({ deployment }) => nameOf(deployment) === wanted);
    if (found !== undefined) return found;
    const there = deployments.some((one) => nameOf(one) === wanted);
    throw new CannotRun(
      there ? `no Service selects the pods of Deployment ${wanted}` : `there is no Deployment ${wanted}`,
      {
        remedy: `there are: ${pairs.map(({ deployment }) => nameOf(deployment)).join(', ') || 'none with a Service'}`,
      },
    );
  }
  const [only, ...others] = pairs;
  if (only === undefined)
    throw new CannotRun(
      deployments.length === 0
        ? 'the manifests have no Deployment'
        : 'no Service in the manifests selects the pods of a Deployment',
    );
  if (others.length === 0) return only;
  throw new CannotRun(`the manifests have ${pairs.length} Deployments with a Service`, {
    remedy: `name one with --deployment: ${pairs.map(({ deployment }) => nameOf(deployment)).join(', ')}`,
  });
}

function selects(service: KubeObject, deployment: KubeObject): boolean {
  const { selector = {} } = (service.spec ?? {}) as { selector?: Record<string, string> };
  const labels = templateOf(deployment).metadata?.labels ?? {};
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

/** Another tag of the same image: a version that is one higher, where the tag is one. */
function nextOf(image: string): string {
  const [, name = image, tag] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  const higher = /^(v?\d+)(.*)$/.exec(tag ?? '');
  if (higher === null) return `${name}:next`;
  const [, major = '', rest = ''] = higher;
  const number = Number(major.replace('v', '')) + 1;
  return `${name}:${major.startsWith('v') ? 'v' : ''}${number}${rest.replace(/\d+/g, '0')}`;
}

/** As YAML takes it in a flow: plain where that is plain. */
const quoted = (text: string): string =>
  /^[\w./-]+(:[\w.-]+)?$/.test(text) && !/^[\d.]+$/.test(text) ? text : JSON.stringify(text);
