/**
 * What the timeline of a scenario draws: plain data, which is embedded in report.html and read by client/. All instants
 * are milliseconds since the first trigger, negative before it; where no transition began, since the first observation.
 */
export interface Timeline {
  /** Its span. */
  from: number;
  to: number;
  /** Wall clock of 0, ISO 8601 in UTC. */
  zero: string;
  /** What pods run, in the order in which it came: each has a colour. Pods name theirs by index. */
  versions: string[];
  pods: PodBar[];
  transitions: { kind: string; from: number; to: number }[];
  waves: WaveBand[];
  /** From each instant on: ready pods, available ones, floor, ceiling, and ready endpoints of the Service. */
  steps: Step[];
  actions: { t: number; end: number | null; text: string; ok: boolean }[];
  /** The load's own boundaries: "load-ready", "settled", "tail-end". */
  marks: { t: number; name: string }[];
  /** Stretches that prove nothing, or less: a recorder was blind, or the machine was at fault. */
  holes: { from: number; to: number; what: string }[];
  density: Density;
  /** Every drop, ascending by start. */
  drops: DropMark[];
  /** Every stall, ascending by start. */
  stalls: StallMark[];
  /** The words that drops share: causes by name, and what ended them. */
  texts: string[];
}

export interface PodBar {
  name: string;
  /** Index in `versions`. */
  version: number;
  node: string;
  segments: { state: PodPhase; from: number; to: number }[];
  marks: { kind: PodMarkKind; t: number; text: string }[];
  /** When the Service's slice called it ready. */
  endpoint: [number, number][];
}

/** `ended`: its processes are gone, the object is not. */
export type PodPhase = 'pending' | 'starting' | 'ready' | 'unready' | 'terminating' | 'ended';
export type PodMarkKind = 'deleted' | 'sigterm' | 'sigkill' | 'exit' | 'crash';

export interface WaveBand {
  /** Counted over the whole scenario, from 1. */
  number: number;
  label: string;
  transition: number;
  from: number;
  to: number;
  requests: number;
  dropped: number;
  floor: number;
  minAvailable: number;
}

export type Step = [t: number, ready: number, available: number, floor: number, ceiling: number, endpoints: number];

/** Requests by the time at which they started, in bins of equal width. */
export interface Density {
  binMs: number;
  from: number;
  lanes: { name: string; good: number[]; dropped: number[]; stalled: number[]; slowestMs: number[] }[];
}

export interface DropMark {
  /** Id of its observation. */
  id: string;
  request: string;
  lane: string;
  t: number;
  tookMs: number;
  /** Index in `pods`; −1 where it is not known. */
  pod: number;
  /** Number of the wave in which it started; 0 for none. */
  wave: number;
  /** Indices in `texts`. */
  cause: number;
  how: number;
  confidence: 'certain' | 'likely' | 'unattributed';
  also: string[];
  /** Its evidence in words; empty beyond the first MOST_TOLD drops. */
  told: string;
}

export interface StallMark {
  id: string;
  request: string;
  lane: string;
  t: number;
  tookMs: number;
  pod: number;
  wave: number;
}
