import type { ClusterFacts, Verdict } from '../history/types.ts';

/** verdict.json, whole: schema 1. Fields are added, never changed. */
export interface RunReport {
  schema: 1;
  /** Version that judged it. */
  rollproof: string;
  /** Id of the run: UTC time and four hex digits. */
  run: string;
  /** ISO 8601, UTC. */
  startedAt: string;
  /** Whether every scenario came out as expected. */
  verdict: Verdict;
  /** Of the first scenarios; others may have had another, which they name. Null where there was none. */
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
  /** The verdict is the expected one, in the expected way, and so is every claim. */
  asExpected: boolean;
  /** It is known to be bad, and there to test the detector. Where it is not as expected, the run is inconclusive at best. */
  selfTest?: true;
  /** In the order in which they began. */
  transitions: TransitionVerdict[];
  /** Of the load, control among them. */
  lanes: LaneVerdict[];
  checks: CheckVerdict[];
  /** Most counted first; the counts sum to the drops. */
  causes: CauseVerdict[];
  /** Defects that were seen at work, whether or not they cost a request this time. */
  hazards?: HazardVerdict[];
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

export interface HazardVerdict {
  /** One of docs/causes. */
  cause: string;
  /** Pods that it was seen on, of those that ended. */
  pods: number;
  of: number;
  words: string;
  page: string;
}

export interface ScopeVerdict {
  /** A line a lane: what it sent, how often, over which connections. */
  load: string[];
  /** What nobody has tried in this scenario. */
  notTested: string[];
}

export interface ClaimVerdict {
  text: string;
  /** Name of the measure in harness/checks/claims that decides it. */
  measure: string;
  /** Null where the evidence does not say. */
  holds: boolean | null;
  expected: boolean;
  asExpected: boolean;
  /** The figures behind it, for people. */
  figures: string;
  /** How many facts were looked at. */
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
  /** How many share the load. */
  pods: number;
  holeMs: number;
  /** 0..1. */
  missed: number;
  /** The shortest hole that is missed with less than 0.1%, milliseconds; null where none is. */
  sureMs: number | null;
  /** Judged requests of the lane. */
  requests: number;
  /** The probability, 0..1, that a fault which strikes one request in 1,000 by chance struck none of them. */
  rare: number;
  /** The same as a sentence. */
  text: string;
}

/** Request ids are counted here; the history has them. */
export interface ReconciliationVerdict {
  lane: string;
  /** Judged requests of the lane. */
  sent: number;
  /** Of them, those that got a status, whatever it said. */
  answered: number;
  /** Of them, those that a pod logged as handled. */
  handled: number;
  answeredNeverHandled: number;
  handledTwice: number;
  handledNeverAnswered: number;
  /** Sent again on a new connection behind the client's back. */
  sentAgain: number;
  /** Whether the logs of all pods were read to their end. */
  evidence: 'whole' | 'partial' | 'absent';
}

/** A failed scenario and a copy of it with its fix, drops by cause side by side. */
export interface ProofVerdict {
  /** Name of the scenario whose drops were to end. */
  of: string;
  /** What was changed: "with the patch", … */
  words: string;
  patches: { kind: string; name: string; patch: object }[];
  images: Record<string, string>;
  /** `ends-it`: it passed. `in-part`: fewer drops (or another lane clean). `not`: no fewer. `open`: nobody can say. */
  outcome: 'ends-it' | 'in-part' | 'not' | 'open';
  causes: { cause: string; before: number; after: number }[];
  lanes: { lane: string; before: number; after: number }[];
}

export interface TransitionVerdict {
  /** rolling, rollback, restart, scale, canary, … */
  kind: string;
  /** From the trigger until the last old pod is gone. */
  seconds: number;
  /** Of all lanes but control, that began within it; with the first, those that were in flight when it began. */
  requests: number;
  dropped: number;
  /** Spans between two scaling decisions. */
  waves: WaveVerdict[];
}

export interface WaveVerdict {
  /** `spec.replicas` of the old ReplicaSets together. */
  old: number;
  /** `spec.replicas` of the new one. */
  new: number;
  /** The Service's selector, where it changes within the transition (blue-green): "color=green". */
  selector?: string;
  seconds: number;
  /** Fewest pods that the strategy allows: R − U. */
  floor: number;
  /** Fewest pods that were ready at once. */
  minReady: number;
  /** Fewest that had been ready for minReadySeconds. */
  minAvailable: number;
  /** Most that existed at once, terminating ones among them. */
  maxPods: number;
  /** Of all lanes but control, that began within it. */
  requests: number;
  dropped: number;
  /** Answered, but far beyond the latency of their lane before the transition. */
  stalled: number;
  /** Of lane `new`; null where it had no request in this wave. */
  p50Ms: number | null;
  p99Ms: number | null;
}

export interface LaneVerdict {
  name: string;
  /** Of this lane alone: fail where it dropped, inconclusive where its evidence is not whole or not enough. */
  verdict: Verdict;
  /** Requests of the whole scenario. */
  sent: number;
  dropped: number;
  stalled: number;
  /** Requests that were due and that k6 could not start: evidence that is missing. */
  notStarted: number;
}

export interface CheckVerdict {
  name: string;
  verdict: Verdict;
  /** How many facts it looked at: 0 can never pass. */
  examined: number;
  /** Ids of observations in the history. */
  witnesses: string[];
  /** One line for people. */
  detail: string;
  /** Where it does not pass: the first of the witnesses in words. */
  witness?: string;
}

export interface CauseVerdict {
  /** Name of its page, or unattributed. */
  cause: string;
  /** Drops of which it is the first cause. */
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
