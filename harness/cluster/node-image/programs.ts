import type { GoProgram } from './go-build.ts';

/** Release that the node image is built of; go.mod in kubernetes/ names the same. */
export const KUBERNETES = 'v1.37.2';

/** kubeadm refuses to work for a version that it does not know: a plain `go build` leaves it unset. */
function versionFlags(version: string): string {
  const [major, minor] = version.slice(1).split('.');
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((path) => [
      `-X ${path}.gitVersion=${version}`,
      `-X ${path}.gitMajor=${major}`,
      `-X ${path}.gitMinor=${minor}`,
      `-X ${path}.gitTreeState=clean`,
    ])
    .join(' ');
}

export const kubernetes: GoProgram = {
  name: 'kubernetes',
  module: 'node-image/kubernetes',
  packages: ['tool'],
  ldflags: versionFlags(KUBERNETES),
};

export const etcd: GoProgram = { name: 'etcd', module: 'node-image/etcd', packages: ['tool'] };

export const coredns: GoProgram = { name: 'coredns', module: 'node-image/coredns', packages: ['.'] };

export const containerd: GoProgram = {
  name: 'containerd',
  module: 'node-image/containerd',
  packages: ['tool'],
  tags: 'no_btrfs no_zfs no_devmapper no_aufs',
};

/** The pause process and the runc wrapper. */
export const helpers: GoProgram = { name: 'helpers', module: 'node-image/helpers', packages: ['./...'] };

export const kind: GoProgram = { name: 'kind', module: 'node-image/kind', packages: ['tool'] };

export const k6: GoProgram = { name: 'k6', module: 'k6-image', packages: ['tool'] };

/** All that the node image needs, longest first. */
export const NODE_PROGRAMS = [kubernetes, coredns, containerd, etcd, helpers];
