/** What kubectl asks an apiserver first: which resources there are. Undefined for every other path. */
export function discovery(path: string): object | undefined {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = Object.keys(RESOURCES)
      .filter((one) => one !== 'v1')
      .map((groupVersion) => {
        const [name, version] = groupVersion.split('/');
        return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
      });
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  const groupVersion = path.replace(/^\/apis?\//, '');
  const resources = RESOURCES[groupVersion];
  if (resources === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion,
    resources: Object.entries(resources).map(([name, kind]) => ({
      name,
      singularName: kind.toLowerCase(),
      namespaced: true,
      kind,
      verbs: ['get', 'list', 'watch'],
    })),
  };
}

const RESOURCES: Record<string, Record<string, string>> = {
  v1: { pods: 'Pod', services: 'Service', events: 'Event' },
  'apps/v1': { replicasets: 'ReplicaSet', deployments: 'Deployment' },
  'discovery.k8s.io/v1': { endpointslices: 'EndpointSlice' },
};
