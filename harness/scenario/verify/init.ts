import type { Risk } from '../../diagnosis/risks.ts';
import { risksOf } from '../../diagnosis/risks.ts';
import { CannotRun } from '../../errors.ts';
import type { KubeObject } from '../../history/types.ts';
import { choose, nameOf, templateOf, type Wanted } from './choose.ts';

export interface Written {
  /** rollproof.yaml, with comments. */
  text: string;
  risks: Risk[];
}

/**
 * A rollproof.yaml for what the manifests hold, to be looked through by a person.
 *
 * @param paths of the manifests, as they are to stand in it
 * @param dockerfile there is one in the folder of rollproof.yaml
 * @throws CannotRun where there is no Deployment with a Service in front of it, or several and none is named.
 */
export function initialConfig(
  objects: KubeObject[],
  paths: string[],
  wanted: Wanted = {},
  dockerfile = false,
): Written {
  const { deployment, service } = choose(objects, wanted);
  const names = { deployment: nameOf(deployment), service: nameOf(service) };
  const containers = templateOf(deployment).spec?.containers ?? [];
  const container = containers.find(({ ports }) => ports !== undefined && ports.length > 0) ?? containers[0];
  if (container?.image === undefined)
    throw new CannotRun(`Deployment ${names.deployment} has no container with an image`);
  const { image, name, readinessProbe } = container;
  const next = nextOf(image);
  const probe = readinessProbe?.httpGet?.path;
  const asked = probe === undefined ? '' : ` (the readiness probe asks ${probe})`;
  const [now, then] = dockerfile
    ? [
        '{ build: . } # TODO what the Dockerfile here makes? Else local or pull',
        '{ build: . } # TODO the version that it is rolled to: another folder, args, or { archive: file }',
      ]
    : ['local', 'local # TODO the version that it is rolled to'];
  const text = `# Written by rollproof init. What is marked TODO has to be looked at; every field is explained in docs/verify.md.
service:
  manifests: [${paths.map(quoted).join(', ')}]
  deployment: ${quoted(names.deployment)}
  service: ${quoted(names.service)}
  # What is loaded into the cluster: local (Docker has it), pull, { build: folder } or { archive: file }.
  images:
    ${quoted(image)}: ${now}
    ${quoted(next)}: ${then}

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
