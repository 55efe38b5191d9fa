import { stringify } from 'yaml';
import type { KubeApi } from './api.ts';

/** One rule of a Role. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
}

/** Needed in the namespace in which the service is, by every run on a cluster that is somebody's. */
const WATCHED: Rule[] = [
  { apiGroups: [''], resources: ['pods', 'services', 'events'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments', 'replicasets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
];

/** The load: Jobs with their scripts, of which the logs are read, and which are told to end. The heartbeat is a ConfigMap. */
const LOAD: Rule[] = [
  { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'list', 'create', 'delete'] },
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['pods/proxy'], verbs: ['patch'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
];

/** The transitions of a Deployment. */
const ROLLED: Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['update', 'patch'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['update', 'patch'] },
];

/** Where the service is made of manifests: of these kinds at least. */
const MADE: Rule[] = [
  { apiGroups: ['apps'], resources: ['deployments'], verbs: ['create', 'delete'] },
  {
    apiGroups: [''],
    resources: ['services', 'secrets', 'serviceaccounts'],
    verbs: ['get', 'create', 'patch', 'delete'],
  },
];

/**
 * What is verified: a service that is made of manifests, one that is there (`--in-place`), or what somebody else drives
 * (`--observe`).
 */
export type Mode = 'made' | 'in-place' | 'observe';

/** Of a namespace of the run's own: whoever makes one has to be allowed to do everything of the Role in any. */
const NAMESPACES: Rule = {
  apiGroups: [''],
  resources: ['namespaces'],
  verbs: ['get', 'list', 'create', 'delete'],
};

/** What a run of that kind may have to do in its namespace; without one it makes its own. */
export const rulesFor = (mode: Mode, namespace?: string): Rule[] => [
  ...WATCHED,
  ...LOAD,
  ...(mode === 'observe' ? [] : ROLLED),
  ...(mode === 'made' ? MADE : []),
  ...(namespace === undefined ? [NAMESPACES] : []),
];

export const ROLE_NAME = 'rollproof';

/** A Role that allows this and nothing else, or a ClusterRole where it is not one namespace; to be applied by whoever may. */
export const roleManifest = (rules: Rule[], namespace?: string): string =>
  stringify({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: { name: ROLE_NAME, ...(namespace === undefined ? {} : { namespace }) },
    rules,
  });

/** Something that whoever asks may not do: "create jobs.batch". */
export async function missingRights(api: KubeApi, rules: Rule[], namespace?: string): Promise<string[]> {
  const wanted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ group, resource, verb })))),
  );
  const answers = await Promise.all(
    wanted.map(async ({ group, resource: whole, verb }) => {
      const [resource, subresource] = whole.split('/');
      const attributes = { group, resource, verb, ...(subresource ? { subresource } : {}) };
      const { status } = await api.send<{ status: { allowed: boolean } }>(
        'POST',
        '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { ...attributes, ...(namespace === undefined ? {} : { namespace }) } },
        },
      );
      return status.allowed ? [] : [`${verb} ${whole}${group === '' ? '' : `.${group}`}`];
    }),
  );
  return answers.flat();
}
