import type { StartedCluster } from '../cluster/kind.ts';

/** A Deployment that is up, with its Service: what transitions act on. */
export interface StartedWorkload {
  readonly cluster: StartedCluster;
  readonly namespace: string;
  readonly deployment: string;
  readonly service: string;
  /** Does something to the cluster and says so in the history, whether it worked or not. */
  act<T>(action: string, detail: string, what: () => Promise<T>): Promise<T>;
}

/** One change to drive. `drive` returns once the change is accepted; the run watches it through to its end. */
export interface Transition {
  readonly kind: string;
  /** "set image app=web:2.0.0": for reports. */
  readonly detail: string;
  /** @returns the Deployment's generation that carries the change. */
  drive(workload: StartedWorkload): Promise<number>;
  /** The same with other images in place of some, by name without tag: for a copy of the service that is mended. */
  withImages?(images: Record<string, string>): Transition;
}

/** The generation of the Deployment's spec as it is now. */
export async function generationOf({ cluster, namespace, deployment }: StartedWorkload): Promise<number> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;
  const { metadata } = await cluster.api.get<{ metadata: { generation: number } }>(path);
  return metadata.generation;
}
