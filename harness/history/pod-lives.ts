import { disruptionOf, servingContainer, targetPorts } from './objects.ts';
import { perHistory } from './per-history.ts';
import { type ScenarioHistory, servicesSeen } from './select.ts';
import type { ContainerEvent, KubeObject, Nanos, ObjectSeen, ProcessSeen } from './types.ts';

/** A stretch of time; `to` is undefined where it was still going on when the history ended. */
export interface Span {
  from: Nanos;
  to: Nanos | undefined;
}

/**
 * The life of one pod, raw instants and the intervals made of them. Undefined is "not seen". Instants of the API are
 * those of the watch's receipt, those of the container runtime its own stamps.
 */
export interface PodLife {
  uid: string;
  name: string;
  ip: string;
  /** When it was first seen to have that address. */
  ipSince?: Nanos;
  /** The container that the Service's requests go to, as far as ports tell (`servingContainer`). */
  serving: string;
  node: string;
  labels: Record<string, string>;
  /** uid of the ReplicaSet that owns it. */
  owner: string;
  seen: Nanos;
  scheduled?: Nanos;
  /** Its containers began; by the runtime's stamp where that is known. */
  started?: Nanos;
  firstReady?: Nanos;
  /** Condition Ready was true. */
  ready: Span[];
  /** deletionTimestamp was first seen. */
  deleted?: Nanos;
  /** Why it was evicted: "EvictionByEvictionAPI", "TerminationByKubelet", …. Undefined where it was not. */
  disrupted?: string;
  gone?: Nanos;
  gracePeriodSeconds: number;
  restarts: number;
  hasReadinessProbe: boolean;
  hasPreStop: boolean;
  /** Of the preStop action `sleep`, seconds. */
  preStopSleep?: number;
  /** In the Service's slice: said ready, said serving, said terminating. */
  endpoint: { ready: Span[]; serving: Span[]; terminating: Span[] };
  /** The slice first said ready. */
  endpointReady?: Nanos;
  /** The slice last said not ready, or no longer named the pod, after it had been ready. */
  endpointRemoved?: Nanos;
  /** On the runtime's own record. Of several containers: the first SIGTERM, the last exit. */
  sigterm?: Nanos;
  /** What that was, where it was another signal: "quit". */
  stopSignal?: string;
  sigkill?: Nanos;
  exit?: Nanos;
  /** When the last of its containers ended, as the kubelet reported it (whole seconds). */
  finished?: Nanos;
  exitCode?: number;
  /** The kernel killed it for want of memory. */
  oomKilled?: true;
  /** Ends of containers that nobody had asked for by deleting the pod: crashes and the kubelet's restarts. */
  crashes: { t: Nanos; code: number }[];
  /** The first process of each container, by the container's name, as it was last looked at. */
  processes: Map<string, { command: string; catchesSigterm: boolean }>;
}

/** The lives of all pods of the scenario's namespace, in the order in which they were seen. */
export const podLives: (history: ScenarioHistory) => PodLife[] = perHistory(joinLives);

function joinLives(history: ScenarioHistory): PodLife[] {
  const lives = new Map<string, PodLife>();
  const slices = new Map<string, Map<string, Endpoint>>();
  const namespace = history.started?.workload.namespace;
  const service = history.started?.workload.service;
  const targets = targetPorts(servicesSeen(history)[0]?.object.spec);
  const runtime: ContainerEvent[] = [];
  for (const one of history.observations) {
    if (one.type === 'container') runtime.push(one);
    if (one.type === 'process') seeProcess(one, lives);
    if (one.type !== 'object' || one.namespace !== namespace) continue;
    if (one.kind === 'Pod') seePod(one, lives, targets, history.epochMs);
    else if (one.kind === 'EndpointSlice' && one.object.metadata?.labels?.[SERVICE_LABEL] === service) {
      if (one.verb === 'deleted') slices.delete(one.uid);
      else slices.set(one.uid, endpointsOf(one.object));
      for (const life of lives.values()) seeEndpoint(life, one.t, slices);
    }
  }
  const all = [...lives.values()];
  for (const event of runtime.toSorted((a, b) => a.t - b.t)) seeRuntime(event, all);
  return all;
}

/** When the pod's processes ended, as exactly as is known. */
export const endOf = ({ exit, finished, gone }: PodLife): Nanos | undefined => exit ?? finished ?? gone;

const SERVICE_LABEL = 'kubernetes.io/service-name';

interface PodShape {
  spec?: {
    nodeName?: string;
    terminationGracePeriodSeconds?: number;
    containers?: {
      name?: string;
      ports?: { name?: string; containerPort?: number }[];
      readinessProbe?: object;
      lifecycle?: { preStop?: { sleep?: { seconds?: number } } };
    }[];
  };
  status?: {
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name?: string;
  containerID?: string;
  restartCount?: number;
  state?: { running?: object; terminated?: Terminated };
  lastState?: { terminated?: Terminated };
}

interface Terminated {
  exitCode: number;
  reason?: string;
  finishedAt?: string;
}

function seePod(
  { uid, name, t, verb, object }: ObjectSeen,
  lives: Map<string, PodLife>,
  targets: (number | string)[],
  epochMs: number,
): void {
  const known = lives.get(uid);
  if (verb === 'deleted') {
    if (known === undefined) return;
    known.gone ??= t;
    // Deleted by force, or with a grace of 0: the apiserver takes it away at once.
    known.deleted ??= t;
    turn(known.ready, false, t);
    return;
  }
  const { spec, status } = object as PodShape;
  const life = known ?? born({ uid, name, t, object }, targets);
  lives.set(uid, life);
  const is = (type: string) => status?.conditions?.some((one) => one.type === type && one.status === 'True') ?? false;
  if (life.ip === '' && status?.podIP) {
    life.ip = status.podIP;
    life.ipSince = t;
  }
  life.node ||= spec?.nodeName ?? '';
  const disruption = disruptionOf(object);
  if (disruption !== undefined) life.disrupted = disruption;
  if (is('PodScheduled')) life.scheduled ??= t;
  if (status?.containerStatuses?.some(({ state }) => state?.running !== undefined)) life.started ??= t;
  if (is('Ready')) life.firstReady ??= t;
  turn(life.ready, is('Ready'), t);
  const statuses = status?.containerStatuses ?? [];
  life.restarts = Math.max(0, ...statuses.map(({ restartCount }) => restartCount ?? 0));
  if (object.metadata?.deletionTimestamp !== undefined) {
    life.deleted ??= t;
    // Force-deleted or ended pods get 0 at last; what was granted is the first value.
    life.gracePeriodSeconds = object.metadata.deletionGracePeriodSeconds || life.gracePeriodSeconds;
  }
  for (const { name: container, state, lastState } of statuses) {
    // How a sidecar ends says nothing of the requests.
    if (life.serving !== '' && container !== undefined && container !== life.serving) continue;
    const ended = state?.terminated;
    for (const one of [lastState?.terminated, life.deleted === undefined ? ended : undefined]) {
      if (one !== undefined) crash(life, toNanos(one, epochMs), one.exitCode);
    }
    if (ended === undefined) continue;
    life.exitCode = ended.exitCode;
    if (ended.reason === 'OOMKilled') life.oomKilled = true;
    life.finished = Math.max(life.finished ?? 0, toNanos(ended, epochMs));
  }
}

function born(
  { uid, name, t, object }: Pick<ObjectSeen, 'uid' | 'name' | 't' | 'object'>,
  targets: (number | string)[],
): PodLife {
  const { spec } = object as PodShape;
  const containers = spec?.containers ?? [];
  const serving = servingContainer(containers, targets);
  const preStop = serving?.lifecycle?.preStop;
  return {
    uid,
    name,
    ip: '',
    serving: serving?.name ?? '',
    node: '',
    labels: object.metadata?.labels ?? {},
    owner: object.metadata?.ownerReferences?.find(({ controller }) => controller)?.uid ?? '',
    seen: t,
    ready: [],
    gracePeriodSeconds: spec?.terminationGracePeriodSeconds ?? 30,
    restarts: 0,
    hasReadinessProbe: containers.some(({ readinessProbe }) => readinessProbe !== undefined),
    hasPreStop: preStop !== undefined,
    ...(preStop?.sleep?.seconds === undefined ? {} : { preStopSleep: preStop.sleep.seconds }),
    endpoint: { ready: [], serving: [], terminating: [] },
    crashes: [],
    processes: new Map(),
  };
}

const toNanos = ({ finishedAt }: Terminated, epochMs: number): Nanos =>
  Math.round((Date.parse(finishedAt ?? '') - epochMs) * 1e6) || 0;

/** The kubelet tells of one end many times. */
function crash({ crashes }: PodLife, t: Nanos, code: number): void {
  if (!crashes.some((one) => Math.abs(one.t - t) < 1e9)) crashes.push({ t, code });
}

interface Endpoint {
  ready: boolean;
  serving: boolean;
  terminating: boolean;
}

/** By pod uid. The API says that an absent condition is to be read as true (ready, serving) or false (terminating). */
function endpointsOf(object: KubeObject): Map<string, Endpoint> {
  const endpoints = (object.endpoints ?? []) as {
    conditions?: { ready?: boolean | null; serving?: boolean | null; terminating?: boolean | null };
    targetRef?: { uid?: string };
  }[];
  return new Map(
    endpoints.map(({ conditions, targetRef }) => {
      const ready = conditions?.ready ?? true;
      const serving = conditions?.serving ?? ready;
      return [targetRef?.uid ?? '', { ready, serving, terminating: conditions?.terminating ?? false }];
    }),
  );
}

function seeEndpoint(life: PodLife, t: Nanos, slices: Map<string, Map<string, Endpoint>>): void {
  const named = [...slices.values()].map((slice) => slice.get(life.uid)).filter((one) => one !== undefined);
  const any = (condition: keyof Endpoint) => named.some((one) => one[condition]);
  for (const condition of ['ready', 'serving', 'terminating'] as const) {
    turn(life.endpoint[condition], any(condition), t);
  }
  if (any('ready')) {
    life.endpointReady ??= t;
    life.endpointRemoved = undefined;
  } else if (life.endpointReady !== undefined) life.endpointRemoved ??= t;
}

/** Opens or closes the last span. */
function turn(spans: Span[], on: boolean, t: Nanos): void {
  const last = spans.at(-1);
  const open = last !== undefined && last.to === undefined;
  if (on && !open) spans.push({ from: t, to: undefined });
  if (!on && open) last.to = t;
}

function seeRuntime({ pod, container, event, t, exitCode, signal }: ContainerEvent, lives: PodLife[]): void {
  const life = lives.find(({ name }) => name === pod);
  // How a sidecar ends says nothing of the requests.
  if (life === undefined || (life.serving !== '' && container !== life.serving)) return;
  if (event === 'started') life.started = Math.min(life.started ?? t, t);
  // A container that the kubelet restarts gets SIGTERM too: only the pod's own end counts.
  const asked = life.deleted !== undefined && t >= life.deleted - ASKED_BEFORE;
  if (event === 'sigterm' && asked) life.sigterm ??= t;
  if (signal !== undefined) life.stopSignal = signal;
  if (event === 'sigkill' && asked) life.sigkill ??= t;
  if (event !== 'exit') return;
  if (asked) {
    life.exit = t;
    life.exitCode = exitCode ?? life.exitCode;
  } else {
    life.crashes = life.crashes.filter((one) => Math.abs(one.t - t) >= 1.5e9);
    life.crashes.push({ t, code: exitCode ?? -1 });
  }
}

/** A watch may tell of a deletion after the kubelet has begun with it. */
const ASKED_BEFORE: Nanos = 2e9;

function seeProcess({ pod, container, command, catchesSigterm }: ProcessSeen, lives: Map<string, PodLife>): void {
  const life = [...lives.values()].find(({ name }) => name === pod);
  // Seen once is enough: a handler may come late, and one that serves once is gone after the signal.
  const before = life?.processes.get(container)?.catchesSigterm ?? false;
  life?.processes.set(container, { command, catchesSigterm: catchesSigterm || before });
}

/** The first process of the container that serves; of any, where it is not known which does. Undefined where nobody looked. */
export const servingProcess = ({ processes, serving }: PodLife) =>
  serving === '' ? [...processes.values()][0] : processes.get(serving);

/**
 * Whether SIGTERM reaches what serves in it: a first process without a handler for it never gets it. (A sidecar that is deaf
 * has the pod killed in the end, too, but not before its time.) Undefined where nobody looked, or another signal was sent.
 */
export const catchesSigterm = (pod: PodLife): boolean | undefined =>
  pod.stopSignal === undefined ? servingProcess(pod)?.catchesSigterm : undefined;
