import type { StartedCluster } from '../cluster/kind.ts';
import type { MarkerSet, Nanos, RequestSeen } from '../history/types.ts';

/** What was waited for has not come in its time. */
export class NotReached extends Error {}

/** A Deployment that is up, with its Service: what transitions act on. */
export interface StartedWorkload {
  readonly cluster: StartedCluster;
  readonly namespace: string;
  readonly deployment: string;
  readonly service: string;
  /** On the clock of the history. */
  clock(): Nanos;
  /** What the watches and the load have shown up to now. */
  now(): WorkloadView;
  /**
   * Does something to the cluster and says so in the history, whether it worked or not. A text that it gives is kept as
   * its output.
   */
  act<T>(action: string, detail: string, what: () => Promise<T>): Promise<T>;
  /** Another transition begins now: to be called just before its first write. The first one's trigger is the run's. */
  trigger(transition: TriggerFacts): void;
  /** Longest that a transition may take to come to its end, where it does not say so itself. */
  readonly settleBudgetMs: number;
  /**
   * Waits until what the watches have shown so far satisfies `holds`.
   *
   * @param what is waited for, as in "waited 60 s for …"
   * @throws NotReached that names it, its budget and the last state seen.
   */
  until(what: string, budgetMs: number, holds: (now: WorkloadView) => boolean): Promise<void>;
  /** Undoes something once the scenario's load has ended, whatever came of it: uncordon a node, end a process. */
  defer(undo: () => Promise<void>): void;
}

/** What a trigger's marker says beside its kind. `at`: where it began before it is stamped. */
export type MarkerFacts = Pick<MarkerSet, 'to' | 'limits' | 'deletes'> & { at?: Nanos };

export type TriggerFacts = Pick<Transition, 'kind' | 'detail'> & MarkerFacts;

/** What the watches and the load have shown of a workload. */
export interface WorkloadView {
  /** `spec.replicas` of its old ReplicaSets together, and of the one that is newer than all at the last trigger were. */
  old: number;
  new: number;
  /**
   * A Deployment (the workload's own unless named) is rolled out to that generation or a later one, and no pod of the
   * workload is terminating.
   */
  settled(generation: number, deployment?: string): boolean;
  /** When that generation of its spec, or a later one, was first seen; undefined where it was not. */
  changedAt(generation: number): Nanos | undefined;
  /** The controller has acted on that generation of its spec. */
  observed(generation: number, deployment?: string): boolean;
  /** It says of that generation that it does not get on: ProgressDeadlineExceeded. */
  stalled(generation: number, deployment?: string): boolean;
  /** It is paused, and the controller has seen that. */
  paused(): boolean;
  /** Undefined where no such Deployment is there. */
  pods(deployment: string): { wanted: number; ready: number; available: number; terminating: number } | undefined;
  /** Ready endpoints of the Service that are pods of that Deployment. */
  endpoints(deployment: string): number;
  /** Which Deployment a pod belongs to, by the pod's name; also of pods that are gone. */
  deploymentOf(pod: string): string | undefined;
  /** A pod of the workload of that name is there, and is not being deleted. */
  alive(pod: string): boolean;
  /** Of all lanes but control, since the load began, in the order in which they ended. */
  requests: readonly RequestSeen[];
  /** Whether an answer is a good one, as the load plan has it. */
  isGood(request: RequestSeen): boolean;
}

/** The state in which a transition has come to its end. */
export interface Ending {
  /** As in "waited 180 s for …". */
  what: string;
  /** Longest that it may take, milliseconds. Default: the scenario's `settleSeconds`. */
  budgetMs?: number;
  /** It was waited for already, or for what comes before it: how long, in vain, and the last state seen. */
  missed?: string;
  holds(now: WorkloadView): boolean;
}

/** Where what was waited for has not come, and does not hold now either, the transition is judged as one that has not ended. */
export const notEnded = (ending: Ending, { message }: NotReached): Ending => ({
  ...ending,
  budgetMs: 0,
  missed: message,
});

/** One change to drive. */
export interface Transition {
  readonly kind: string;
  /** "set image app=web:2.0.0": for reports. */
  readonly detail: string;
  /** On its trigger's marker, where they say more than the kind does. */
  facts?(workload: Pick<StartedWorkload, 'deployment' | 'now'>): MarkerFacts;
  /** Longest that it waits before it begins, for what others do, seconds. */
  readonly waitsSeconds?: number;
  /** What has to be there before its trigger is stamped: a process that looks on. */
  prepare?(workload: StartedWorkload): Promise<void>;
  /** @returns once the change is accepted, the state in which it will have ended; whoever drives it waits for that. */
  drive(workload: StartedWorkload): Promise<Ending>;
  /** The same with other images in place of some, by name without tag: for a copy of the service that is mended. */
  withImages?(images: Record<string, string>): Transition;
}

/** Something that is done or looked at between transitions, without being one. */
export interface Step {
  readonly detail: string;
  take(workload: StartedWorkload): Promise<void>;
}

/** The generation of the Deployment's spec as it is now. */
export async function generationOf(workload: StartedWorkload): Promise<number> {
  const { metadata } = await workload.cluster.api.get<{ metadata: { generation: number } }>(deploymentPath(workload));
  return metadata.generation;
}

/** Of the apiserver. */
export const deploymentPath = ({ namespace, deployment }: Pick<StartedWorkload, 'namespace' | 'deployment'>): string =>
  `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`;

/** The Deployment as it is written now is rolled out, and no pod terminates any more. */
export async function rolledOut(workload: StartedWorkload): Promise<Ending> {
  const generation = await generationOf(workload);
  return { what: 'the rollout to end', holds: ({ settled }) => settled(generation) };
}
