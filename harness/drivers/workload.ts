import type { StartedCluster } from '../cluster/kind.ts';

/** A Deployment that is up, with its Service: what transitions act on. */
export interface StartedWorkload {
  readonly cluster: StartedCluster;
  readonly namespace: string;
  readonly deployment: string;
  readonly service: string;
  /** Does something to the cluster and says so in the history, whether it worked or not. */
  act<T>(action: string, detail: string, what: () => Promise<T>): Promise<T>;
  /** Another transition begins now: to be called just before its first write. The first one's trigger is the run's. */
  trigger(transition: Pick<Transition, 'kind' | 'detail'>): void;
  /**
   * Waits until what the watches have shown so far satisfies `holds`.
   *
   * @param what is waited for, as in "waited 60 s for …"
   * @throws Error that names it, its budget and the last state seen.
   */
  until(what: string, budgetMs: number, holds: (now: WorkloadView) => boolean): Promise<void>;
}

/** What the watches have shown of a workload. */
export interface WorkloadView {
  /** `spec.replicas` of its old ReplicaSets together, and of the one that is newer than all at the last trigger were. */
  old: number;
  new: number;
  /** It is rolled out to that generation of the Deployment or a later one, and no pod of it is terminating. */
  settled(generation: number): boolean;
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
