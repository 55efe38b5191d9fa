import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { CannotRun } from '../errors.ts';

/** The part of kind's v1alpha4 configuration that rollproof itself relies on; kind validates the rest. */
const KindConfig = z.looseObject({
  kind: z.literal('Cluster'),
  apiVersion: z.literal('kind.x-k8s.io/v1alpha4'),
  name: z.undefined({ error: 'leave it out: rollproof names the cluster after the run' }).optional(),
  nodes: z
    .array(
      z.looseObject({
        role: z.enum(['control-plane', 'worker']),
        kubeadmConfigPatches: z.array(z.string()).optional(),
      }),
    )
    .min(1)
    .optional(),
  networking: z.looseObject({ kubeProxyMode: z.enum(['iptables', 'nftables', 'ipvs', 'none']).optional() }).optional(),
  kubeadmConfigPatches: z.array(z.string()).optional(),
});
export type KindConfig = z.infer<typeof KindConfig>;

/**
 * Reads and checks a kind configuration file.
 *
 * @throws CannotRun that names the file, and the field or the line.
 */
export function readKindConfig(path: string): KindConfig {
  const remedy = 'see https://kind.sigs.k8s.io/docs/user/configuration/';
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CannotRun(`${path} cannot be read`, { remedy, cause });
  }
  const document = parseDocument(text);
  const problem = document.errors[0];
  if (problem !== undefined) throw new CannotRun(`${path} is not YAML: ${firstLine(problem.message)}`, { remedy });
  const result = KindConfig.safeParse(document.toJS());
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw new CannotRun(`${path}: ${issue.path.join('.') || 'the file'}: ${issue.message}`, { remedy });
  }
  return result.data;
}

/** kubelet 1.35 and later refuse to start on cgroup v1 unless told not to. */
export function forCgroupV1(config: KindConfig): KindConfig {
  const patch = 'kind: KubeletConfiguration\nfailCgroupV1: false\n';
  return { ...config, kubeadmConfigPatches: [...(config.kubeadmConfigPatches ?? []), patch] };
}

/**
 * The configuration for that many nodes. Where it has another number itself, its control plane comes first and takes
 * pods too, and the others are workers: as many as there are, then more like the last one.
 */
export function withNodes(config: KindConfig, count: number): KindConfig {
  const asked = nodesOf(config);
  if (asked.length === count) return config;
  const [controlPlane = { role: 'control-plane' as const }] = asked.filter(({ role }) => role === 'control-plane');
  const given = asked.filter(({ role }) => role === 'worker');
  const workers = Array.from({ length: count - 1 }, (_, i) => given[i] ?? given.at(-1) ?? { role: 'worker' as const });
  // kind itself lets pods on the control plane where it is the only node.
  const patches = [...(controlPlane.kubeadmConfigPatches ?? []), ...(count > 1 ? [SCHEDULABLE] : [])];
  return {
    ...config,
    nodes: [{ ...controlPlane, ...(patches.length > 0 ? { kubeadmConfigPatches: patches } : {}) }, ...workers],
  };
}

const SCHEDULABLE = 'kind: InitConfiguration\nnodeRegistration:\n  taints: []\n';

/** kind's own default is one node. */
export const nodesOf = ({ nodes }: KindConfig): NonNullable<KindConfig['nodes']> =>
  nodes ?? [{ role: 'control-plane' }];

function firstLine(text: string): string {
  return text.split('\n')[0]!.replace(/:$/, '');
}
