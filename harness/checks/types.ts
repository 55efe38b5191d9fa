import type { Verdict } from '../history/types.ts';

/** What a check found. A violation is data plus its witness; prose is rendered elsewhere. */
export interface Finding {
  name: CheckName;
  verdict: Verdict;
  /** How many facts it looked at (requests, watch events). 0 can never pass. */
  examined: number;
  /** Ids of the observations that prove it. */
  witnesses: string[];
  /** One line of facts and numbers, for people. */
  detail: string;
}

export type CheckName =
  | 'ready-floor'
  | 'surge-ceiling'
  | 'monotone'
  | 'endpoints'
  | 'done'
  | 'no-drops'
  | 'coverage'
  | 'self'
  /** Where `expect.p99Ms` is given. */
  | 'latency'
  /** Where `expect.seconds` is given. */
  | 'duration';

/** One wave as it is reported. Pods are counted at watch events inside the wave. */
export interface Wave {
  /** Index of the transition that it belongs to. */
  transition: number;
  /** `spec.replicas` of the old ReplicaSets together, and of the new one. */
  old: number;
  new: number;
  /** The Service's selector, in transitions between Deployments; else empty. */
  selector: string;
  /** Nanoseconds since the run's epoch. */
  from: number;
  to: number;
  floor: number;
  minReady: number;
  minAvailable: number;
  maxPods: number;
  requests: number;
  dropped: number;
  stalled: number;
  /** Of lane `new`; null where the wave saw none of its requests. */
  p50Ms: number | null;
  p99Ms: number | null;
}
