import type { ClusterFacts, Verdict } from '../history/types.ts';

/** verdict.json, whole: schema 1. Fields are added, never changed. */
export interface RunReport {
  schema: 1;
  rollproof: string;
  run: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  verdict: Verdict;
  cluster: ClusterFacts | null;
  scenarios: ScenarioVerdict[];
}

export interface ScenarioVerdict {
  name: string;
  /** Raw: what was measured. */
  verdict: Verdict;
  expected: Verdict;
  asExpected: boolean;
  transitions: TransitionVerdict[];
  lanes: LaneVerdict[];
  checks: CheckVerdict[];
  /** Most counted first; the counts sum to the drops. */
  causes: CauseVerdict[];
}

export interface TransitionVerdict {
  kind: string;
  /** From the trigger until the last old pod is gone. */
  seconds: number;
  requests: number;
  dropped: number;
  waves: WaveVerdict[];
}

export interface WaveVerdict {
  old: number;
  new: number;
  seconds: number;
  floor: number;
  minReady: number;
  minAvailable: number;
  maxPods: number;
  requests: number;
  dropped: number;
  stalled: number;
  /** Of lane `new`; null where it had no request in this wave. */
  p50Ms: number | null;
  p99Ms: number | null;
}

export interface LaneVerdict {
  name: string;
  sent: number;
  dropped: number;
  stalled: number;
  notStarted: number;
}

export interface CheckVerdict {
  name: string;
  verdict: Verdict;
  examined: number;
  /** Ids of observations in the history. */
  witnesses: string[];
  /** One line for people. */
  detail: string;
}

export interface CauseVerdict {
  cause: string;
  count: number;
  confidence: 'certain' | 'likely' | 'unattributed';
  /** How many of the drops it explains for certain. */
  certain: number;
  /** Other causes that had a part in the same drops. */
  also: string[];
  /** A line for people, then the patch as YAML where there is one. Empty where nothing is known. */
  fix: string;
  /** The patch as it is applied. */
  patch?: { kind: 'Deployment' | 'Service'; patch: object };
  /** Where the cause is explained, in rollproof's own documentation. */
  page: string;
  /** Id of an observation that shows it. */
  example: string;
  /** One drop told in words and numbers. */
  evidence?: string;
}
