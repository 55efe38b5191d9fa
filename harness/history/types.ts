/**
 * The facts that a run leaves behind. A history is the append-only list of all observations of one run; everything
 * that judgement needs is in it, so that a saved run can be judged again on another machine.
 *
 * Time: `t` is in integer nanoseconds since the run's `epoch`, on one clock (the harness machine's wall clock, anchored
 * once and then advanced by the monotonic clock). Integers up to 2^53 hold 104 days of it exactly.
 */
export type Nanos = number;

/** First line of a history file. */
export interface HistoryHeader {
  type: 'history';
  schema: 1;
  rollproof: string;
  run: string;
  /** Wall-clock instant of `t` = 0, ISO 8601 in UTC. */
  epoch: string;
  cluster?: ClusterFacts;
  /** The observations of each scenario are numbered from 1 on, in their ids: what is lost shows. */
  numbered?: true;
  /** Names of the scenarios that the run set out to do, also of those that it did not come to. */
  selected?: string[];
}

export interface ClusterFacts {
  provider: 'kind' | 'existing';
  /** Of Kubernetes: "v1.37.2". */
  version: string;
  /** 0 where they could not be counted. */
  nodes: number;
  nodeImage: 'published' | 'built' | 'unknown';
  /** Of kube-proxy. */
  proxyMode: string;
}

interface ObservationBase {
  /** Unique in the run, stable: what a witness names. Assigned by the writer ("o17"). */
  id: string;
  t: Nanos;
  /** Name of the scenario it belongs to. */
  scenario: string;
}

export type Observation =
  | ScenarioStarted
  | ObjectSeen
  | GapSeen
  | RequestSeen
  | LaneSummary
  | ActionTaken
  | MarkerSet
  | ServerLog
  | LogRead
  | FlowSeen
  | ContainerEvent
  | ProcessSeen
  | ProbeSeen
  | SelfSample
  | FaultSeen
  | TestFailed;

/** An observation as a recorder hands it over: the writer adds `id` and `scenario`. */
export type NewObservation = Observation extends infer O
  ? O extends Observation
    ? Omit<O, 'id' | 'scenario'>
    : never
  : never;

/** What was set up, and what is expected of it. The first observation of each scenario. */
export interface ScenarioStarted extends ObservationBase {
  type: 'scenario';
  title: string;
  file?: string;
  workload: Workload;
  load: LoadPlan;
  expectation: Expectation;
  /** True when pods log the ids of the requests they handle (our sample services do). */
  logsRequestIds: boolean;
  /** It tries the fix of another scenario. */
  proof?: Proof;
  /** It tests the detector: where it does not come out as expected, nothing else that the run says can be believed. */
  selfTest?: true;
  /** What is claimed of it beside its verdict, in the order in which it is told. */
  claims?: Claim[];
  /** Where its cluster is another than the header's: a run may need several. */
  cluster?: ClusterFacts;
}

/** What decides a claim: the name of a measure in checks/claims, and what that is to be told. Plain data, to be saved. */
export interface Measurement {
  measure: string;
  with: Record<string, unknown>;
}

/** A sentence about a run, which a measurement decides. It is saved with the history, so it can be judged again. */
export interface Claim extends Measurement {
  text: string;
  /** What is expected to come out: a claim that is known to be wrong is expected not to hold. */
  holds: boolean;
  /** Number of the article's claim that it is a part of. */
  article?: number;
  /** Measured under a condition that the article does not name: "the app drains". */
  onlyIf?: string;
  /** Not what the article says, but what is true in its place: told beside its claim, which it does not decide. */
  instead?: boolean;
}

/** What `--prove-fix` changed in a copy of a scenario. */
export interface Proof {
  /** Name of the scenario whose drops are to end. */
  of: string;
  /** "with the patch", … */
  words: string;
  patches: { kind: string; name: string; patch: object }[];
  /** Image names that took the place of others. */
  images: Record<string, string>;
}

export interface Workload {
  namespace: string;
  deployment: string;
  /** Other Deployments whose pods serve behind the same Service now or later: a canary, green. They may not be there yet. */
  others?: string[];
  service: string;
  /** Of the Service, where it is not the first one that is called. */
  port?: number;
  /** `x-rollproof-version` header values, where the service says them. */
  /** `all`: where there are more, each of them the tag of its image. */
  versions?: { old: string; new: string; all?: string[] };
}

/** `own`: a k6 script of the user's own makes its requests. */
export type LaneName = 'new' | 'kept' | 'kept-post' | 'slow' | 'stream' | 'own' | 'control';

export interface LanePlan {
  name: LaneName;
  method: 'GET' | 'POST';
  connection: 'new' | 'reused';
  /** Requests a second, constant arrival rate. */
  rate: number;
  /** Fixed number of connections of a kept lane. */
  connections?: number;
  /** Where the lane has its own: path, request timeout in milliseconds, fewest requests that it needs to be judged. */
  path?: string;
  timeoutMs?: number;
  minRequests?: number;
}

export interface LoadPlan {
  path: string;
  lanes: LanePlan[];
  /** Request timeout, milliseconds. */
  timeoutMs: number;
  /** Answers that count as good: inclusive ranges of HTTP status. */
  good: [number, number][];
  /** A text that a good answer has in its body. Of the lanes that ask for `path`. */
  goodBody?: string;
  /** Longest that a good answer takes, milliseconds. Of the lanes that ask for `path`. */
  goodMaxMs?: number;
  /** What is called: the Service itself unless it is told; its port on a node, or a URL (scheme, host, port). */
  target?: 'service' | 'nodePort' | `http://${string}` | `https://${string}`;
  /** Fewest requests a lane needs between the trigger and the tail's end, for the lane to be judged. */
  minRequests: number;
}

export interface Expectation {
  /**
   * `any`: it is run to see what comes out, and only an inconclusive outcome is not as expected. Where it fails, it still
   * has to in the way that the fields below say.
   */
  verdict: Verdict | 'any';
  /** The primary cause that has to be found, when a failure is expected. */
  cause?: string;
  /** Checks that must fail / may fail when `verdict` is fail; without it any failing check will do. */
  failing?: string[];
  /** No other check than those in `failing` may fail. */
  only?: boolean;
  /** Floor of ready pods, in place of R − U. */
  floor?: number;
  /** Most that the 99th percentile of lane `new` may be in each transition, milliseconds. */
  p99Ms?: number;
  /** Longest that each transition may take, from its trigger, seconds. */
  seconds?: number;
  maxStallMs?: number;
  /** How long ready endpoints may lag behind, milliseconds. Default 5,000. */
  maxLagMs?: number;
}

export type Verdict = 'pass' | 'fail' | 'inconclusive';

export type WatchedKind = 'Pod' | 'ReplicaSet' | 'Deployment' | 'EndpointSlice' | 'Event' | 'Service';

/** One state of one object, from a list or a watch. */
export interface ObjectSeen extends ObservationBase {
  type: 'object';
  kind: WatchedKind;
  /** `listed`: it was there when the watch began, or in a relist after a gap. */
  verb: 'listed' | 'added' | 'modified' | 'deleted';
  uid: string;
  name: string;
  namespace: string;
  resourceVersion: string;
  /** The object as the apiserver sent it, redacted, without managedFields. */
  object: KubeObject;
}

/** The loosest shape that holds for every Kubernetes object: readers narrow it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string; uid: string; controller?: boolean }[];
  };
  [field: string]: unknown;
}

/** A span in which a recorder may have missed something. */
export interface GapSeen extends ObservationBase {
  type: 'gap';
  /** Who was blind: "watch:Pod", "requests:new", "logs:web-7d9/app", "flows", "flows:closed", "probes:web-7d9", "runtime:node-1", "services:node-1". */
  source: string;
  from: Nanos;
  to: Nanos;
  reason: string;
}

/** One request by one client, whole. `t` is the instant at which it started. */
export interface RequestSeen extends ObservationBase {
  type: 'request';
  lane: LaneName;
  /** The id that the client sent as `x-rollproof-id`. */
  request: string;
  end: Nanos;
  /** Milliseconds, as k6's timings define them. */
  phases: { blocked: number; connecting: number; tls: number; sending: number; waiting: number; receiving: number };
  /** HTTP status; 0 where there was no answer. */
  status: number;
  /** k6's error code (1212 refused, 1220 reset, 1050 timeout, 1000 EOF, …); 0 where none. */
  errorCode: number;
  error: string;
  /** From the answer's headers; empty where absent. */
  pod: string;
  version: string;
  /** Bytes of body. */
  bytes: number;
  /** It went over a connection that had carried a request before. */
  reused: boolean;
  /** The client's local port, where k6's error text names it. */
  localPort?: number;
}

/** What k6 says of a lane when it ends. `t` is that instant. */
export interface LaneSummary extends ObservationBase {
  type: 'lane';
  lane: LaneName;
  sent: number;
  /** Iterations that k6 could not start (dropped_iterations): evidence that is missing. */
  notStarted: number;
  exitCode: number;
  /** k6's own warnings and errors that are no request's. */
  warnings: string[];
}

/** Something that the harness did to the cluster. */
export interface ActionTaken extends ObservationBase {
  type: 'action';
  /** "set-image", "rollback", "pause", … */
  action: string;
  detail: string;
  ok: boolean;
  /** When it had come to its end; `t` is when it began. */
  end?: Nanos;
  /** What the command printed. */
  output?: string;
}

/**
 * Boundaries of the scenario. `trigger` is stamped just before a transition's first write is sent, and may come again in
 * the middle of it; requests from `load-ready` (every lane but control has used all of its connections) to the first `trigger` are the
 * baseline, from there to `tail-end` they are judged.
 */
export interface MarkerSet extends ObservationBase {
  type: 'marker';
  marker: 'load-ready' | 'trigger' | 'rolled' | 'settled' | 'tail-end' | 'load-stopped' | 'aborted';
  /** Kind of transition that begins, on `trigger`. */
  transition?: string;
  detail?: string;
  /** On `trigger`, of a transition between Deployments (canary, blue-green): the one that it leads to. */
  to?: string;
  /**
   * On `trigger`: what has to hold of all pods behind the Service together, where that is not what one Deployment's own
   * strategy says: fewest available, most wanted.
   */
  limits?: { floor: number; ceiling: number };
  /**
   * On `trigger`: so many pods are deleted by the transition itself, which no strategy makes up for in advance. The floor
   * is lower by those of them that are deleted and not made up for.
   */
  deletes?: number;
}

/**
 * A line of evidence that a sample service logged. `t` is the instant that the service stamped. Judgement reads only
 * `handled`: the other events are the service's own account of its phases, kept to test our diagnosis against.
 */
export interface ServerLog extends ObservationBase {
  type: 'server';
  pod: string;
  version: string;
  event: 'listening' | 'handled' | 'sigterm' | 'sleep-over' | 'drained' | 'exit' | (string & {});
  /** On `handled`: the request's id, and the status it was answered with. */
  request?: string;
  status?: number;
  code?: number;
}

/**
 * How far a container's log was read. An id's absence from it counts only inside [from, until] of a log that is whole.
 */
export interface LogRead extends ObservationBase {
  type: 'log';
  pod: string;
  container: string;
  /** When the container began, and up to when everything it had logged was read: its end, or the last reading. */
  from: Nanos;
  until: Nanos;
  whole: boolean;
  /** Why it is not whole: rotated, its file could not be kept, … */
  reason?: string;
}

/**
 * A connection to the Service as the node's connection tracking (conntrack) saw it. `t` is when the tool received the
 * event. `new`: the first packet, with the pod that the proxy chose. `closed`: a reset (TCP state CLOSE).
 */
export interface FlowSeen extends ObservationBase {
  type: 'flow';
  event: 'new' | 'closed';
  /** conntrack's own id of the flow. */
  flow: string;
  /** The client's address and port. */
  client: string;
  clientPort: number;
  /** Address of the Service, as the client called it. */
  service: string;
  servicePort: number;
  /** Address of the pod that answers for it, and the port there. */
  pod: string;
  podPort: number;
}

/** What the container runtime did, on its own record (containerd's log on the node). `t` is its stamp. */
export interface ContainerEvent extends ObservationBase {
  type: 'container';
  pod: string;
  container: string;
  containerId: string;
  event: 'started' | 'sigterm' | 'sigkill' | 'exit';
  /** On `exit`. */
  exitCode?: number;
  /** On `sigterm`, where it was another signal (STOPSIGNAL): "quit", "interrupt". */
  signal?: string;
}

/**
 * The first process of a container, looked at on its node when its pod was being deleted. The kernel never delivers a
 * signal to the first process of a PID namespace that has no handler for it.
 */
export interface ProcessSeen extends ObservationBase {
  type: 'process';
  pod: string;
  container: string;
  command: string;
  catchesSigterm: boolean;
}

/**
 * One direct call of a pod's readiness endpoint, past the Service. Evidence beside the floor, never the floor. `t` is
 * when its answer had come. Successes on end are written once a second, all else always.
 */
export interface ProbeSeen extends ObservationBase {
  type: 'probe';
  pod: string;
  /** HTTP status; 0 where there was no answer. */
  status: number;
  ms: number;
  error?: string;
}

/** How the harness itself was doing, once a second. */
export interface SelfSample extends ObservationBase {
  type: 'self';
  /** Longest event-loop delay since the last sample, milliseconds. */
  loopDelayMs: number;
  /** Share of the machine's CPU time that was busy since the last sample, 0..1. */
  cpuBusy: number;
  /** Share of it that the host of a virtual machine kept for itself (Linux: steal), 0..1. */
  cpuStolen?: number;
  /** Share of the time in which something that could run waited for a processor (PSI, `some`), 0..1; absent without PSI. */
  cpuPressure?: number;
  /** By how much the wall clock has moved against the monotonic one since the last sample, milliseconds, signed. */
  clockStepMs?: number;
  /** From the answer to a write until a watch showed it, milliseconds; absent where no write was due or none came back. */
  watchLagMs?: number;
}

/** A fault of the machine or of a tool, not of the service: witnesses inside it prove nothing. */
export interface FaultSeen extends ObservationBase {
  type: 'fault';
  /** "harness", "kubelet", "containerd", "images". */
  source: string;
  from: Nanos;
  to: Nanos;
  detail: string;
}

/** The test that drove the scenario failed after it: one of its assertions about the outcome. */
export interface TestFailed extends ObservationBase {
  type: 'test';
  message: string;
}

/** A run's history in memory: the header and all observations in the order of the file. */
export interface History {
  header: HistoryHeader;
  observations: Observation[];
  /** The file ended in the middle of a line, or without its end: a run that was killed. */
  truncated: boolean;
  /** Lines that could not be read, in the order of the file; without, none. */
  damaged?: DamagedLine[];
  /** Why the whole file is not to be trusted: it is not what was written. */
  altered?: string;
}

/** A line of a history file that is no observation, or before which some are lost. What they were is not known. */
export interface DamagedLine {
  /** The file's first line is 1. */
  line: number;
  /** Scenarios of the observations before and after it: it was of one of them, or of one that has no other. */
  beside: string[];
}
