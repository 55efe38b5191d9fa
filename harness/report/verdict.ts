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
  /** Names of the scenarios that the run did not come to: it was stopped, or had failed often enough. */
  notRun?: string[];
}

export interface ScenarioVerdict {
  name: string;
  /** Raw: what was measured. */
  verdict: Verdict;
  expected: Verdict | 'any';
  asExpected: boolean;
  transitions: TransitionVerdict[];
  lanes: LaneVerdict[];
  checks: CheckVerdict[];
  /** Most counted first; the counts sum to the drops. */
  causes: CauseVerdict[];
  /** What clients sent against what servers logged. */
  reconciliation: ReconciliationVerdict[];
  /** How long the data plane lagged behind the slice, by pod that left it. Empty where connections were not tracked. */
  endpointLag: { pod: string; ms: number; atMostMs: number | null }[];
  /** What each lane could have missed. */
  sensitivity: SensitivityVerdict[];
  /** What it holds for. */
  scope?: ScopeVerdict;
  /** What was claimed of it beside its verdict, and what was measured. */
  claims?: ClaimVerdict[];
  /** What the test that drove it said, where it failed. */
  failedTest?: string;
  /** Where this scenario tried the fix of another. */
  proof?: ProofVerdict;
  /** Where its cluster was another than the report's. */
  cluster?: ClusterFacts;
}

export interface ScopeVerdict {
  /** A line a lane: what it sent, how often, over which connections. */
  load: string[];
  /** What nobody has tried in this scenario. */
  notTested: string[];
}

export interface ClaimVerdict {
  text: string;
  measure: string;
  /** Null where the evidence does not say. */
  holds: boolean | null;
  expected: boolean;
  asExpected: boolean;
  /** The figures behind it, for people. */
  figures: string;
  examined: number;
  witnesses: string[];
  /** Number of the article's claim that it is a part of. */
  article?: number;
  /** Measured under a condition that the article does not name. */
  onlyIf?: string;
  /** What is true in place of what the article says. */
  instead?: boolean;
  /** The first of the witnesses in words: which request, pod or object, when, what it shows. */
  witness?: string;
}

/** The probability that a hole of `holeMs` in one of the pods met no request of the lane. */
export interface SensitivityVerdict {
  lane: string;
  /** Requests a second that were reached. */
  rate: number;
  pods: number;
  holeMs: number;
  /** 0..1. */
  missed: number;
  /** The shortest hole that is missed with less than 0.1%, milliseconds; null where none is. */
  sureMs: number | null;
  text: string;
}

/** Request ids are counted here; the history has them. */
export interface ReconciliationVerdict {
  lane: string;
  sent: number;
  answered: number;
  handled: number;
  answeredNeverHandled: number;
  handledTwice: number;
  handledNeverAnswered: number;
  /** Sent again on a new connection behind the client's back. */
  sentAgain: number;
  evidence: 'whole' | 'partial' | 'absent';
}

/** A failed scenario and a copy of it with its fix, drops by cause side by side. */
export interface ProofVerdict {
  of: string;
  words: string;
  patches: { kind: string; name: string; patch: object }[];
  images: Record<string, string>;
  /** `ends-it`: it passed. `in-part`: fewer drops (or another lane clean). `not`: no fewer. `open`: nobody can say. */
  outcome: 'ends-it' | 'in-part' | 'not' | 'open';
  causes: { cause: string; before: number; after: number }[];
  lanes: { lane: string; before: number; after: number }[];
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
  /** The Service's selector, where it changes within the transition (blue-green): "color=green". */
  selector?: string;
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
  /** Of this lane alone: fail where it dropped, inconclusive where its evidence is not whole or not enough. */
  verdict: Verdict;
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
  /** Where it does not pass: the first of the witnesses in words. */
  witness?: string;
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
