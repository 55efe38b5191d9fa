import type { StartingState } from '../cluster/way-back.ts';
import type { ClusterFacts } from '../history/types.ts';
import type { ScenarioVerdict } from '../report/verdict.ts';

/**
 * What a run hands to the worker in which Vitest executes the scenario files: plain data, because it crosses a thread.
 */
export interface RunContext {
  run: string;
  /** The run folder, reports/<run-id>. */
  folder: string;
  /** Wall-clock zero of the history. */
  epoch: string;
  /** What the paths of scenario files are relative to. */
  root: string;
  /** `facts`: where they are not those of the history's header. */
  /** `context`: of a cluster that is somebody's, in the kubeconfig. */
  cluster: { name: string; folder: string; facts?: ClusterFacts; context?: string };
  tools: { kind: string; kubectl: string };
  k6Image: string;
  /** On everything that is created. */
  labels: Record<string, string>;
  /** Requests a second in each lane, where the user overrides the scenarios' own. */
  rate?: number;
  /** Leave namespaces in place for a look. */
  keep: boolean;
  /** Try the proposed fix of each scenario that fails, on a copy of it. */
  proveFix: boolean;
  /** How many scenarios may still come out other than expected before no more are run. */
  bail?: number;
}

/** How a scenario is doing right now. Counts are since the trigger. */
export interface LiveView {
  step: string;
  /** (old, new) `spec.replicas`; undefined before the trigger. */
  wave?: [number, number];
  ready: number;
  replicas: number;
  terminating: number;
  requests: number;
  drops: number;
}

/** Worker → run. */
export type ScenarioMessage =
  | { type: 'started'; scenario: string }
  | { type: 'live'; scenario: string; view: LiveView }
  | { type: 'finished'; scenario: string; verdict: ScenarioVerdict }
  | { type: 'cannot-run'; scenario: string; message: string; remedy?: string }
  /** A live Deployment is about to be changed, and was like this; undefined once it is so again. */
  | { type: 'to-restore'; scenario: string; before: StartingState | undefined }
  /** What is to be said at the end, and changes no verdict. */
  | { type: 'note'; scenario: string; words: string }
  | { type: 'aborted'; scenario: string };

/** Run → worker: stop what you do, keep the evidence, release. */
export type RunMessage = { type: 'abort' };

/** Worker threads of one process share a BroadcastChannel by its name. */
export const channelOf = (run: string): string => `rollproof:${run}`;

declare module 'vitest' {
  interface ProvidedContext {
    rollproof: RunContext | null;
    /** How many times each scenario is to be run. */
    repeat: number;
  }
  interface TaskMeta {
    /** What a scenario asks of its cluster. */
    rollproof?: { nodes: number };
  }
}
