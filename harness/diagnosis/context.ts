import { maybeProxied, podBefore } from '../checks/connections.ts';
import { fenceposts } from '../checks/fenceposts.ts';
import { isGood } from '../checks/good.ts';
import { starvedAt } from '../checks/starved.ts';
import { headOf } from '../history/columns/store.ts';
import { endOf, type PodLife, podLives } from '../history/pod-lives.ts';
import { type DeploymentState, replay } from '../history/replay.ts';
import { markerAt, ofType, type ScenarioHistory } from '../history/select.ts';
import { between } from '../history/sorted.ts';
import type { Nanos, RequestSeen, ServerLog } from '../history/types.ts';
import { atOdds } from './at-odds.ts';
import { type ContainerFacts, containerOf, type EventFact, eventsOf, type ServiceFacts, serviceOf } from './facts.ts';
import { type Flows, joinFlows } from './flows.ts';
import { endpointLags } from './lag.ts';

/** What the rules look things up in: joined once for a scenario. */
export interface Context {
  pods: PodLife[];
  byName: Map<string, PodLife>;
  flows: Flows;
  /** By the id of a dropped request: the lines of pods' logs that have it, ascending by time. */
  handledBy: Map<string, ServerLog[]>;
  /** By pod: our own calls of its readiness endpoint, each on a connection of its own, that were answered well. */
  goodProbes: Map<string, { from: Nanos; to: Nanos }[]>;
  /** Of each pod, by name: the requests that it surely answered, ascending by start. */
  answers: Map<string, RequestSeen[]>;
  /** The answer is what the load plan calls good. */
  isGood(answer: RequestSeen): boolean;
  /** Whether the client of an answer on a kept connection took a new one for its next request: it had been told to. */
  letGo(answer: RequestSeen): boolean;
  /** Errors are answered only while two versions serve side by side. */
  atOdds: boolean;
  /** Answers name their pods: without that, a pod that answered nothing is one of which nothing is known. */
  namesPods: boolean;
  /** Some answers may be a proxy's own: those that name no pod, where the service's do. */
  proxied: boolean;
  /** The service logs ids, so that a missing one means something in a log that is whole. */
  logsIds: boolean;
  /** By pod: up to when its log was read whole. */
  logWholeUntil: Map<string, Nanos>;
  /**
   * By uid, when the proxy had surely taken a pod out: a new connection had gone to a pod that came into the slice after
   * that removal, and a proxy takes up a slice as a whole.
   */
  proxyForgot: Map<string, Nanos>;
  /** The machine had no processor to spare about that instant. */
  starvedAt(t: Nanos): boolean;
  /** The load calls something else than the Service's own address. */
  fromOutside: boolean;
  /** The first trigger. */
  triggered: Nanos;
  deployment: DeploymentState | undefined;
  /** How many pods a ReplicaSet was to have at an instant, by its uid; 0 where it was not seen. */
  wantedOf(replicaSet: string, t: Nanos): number;
  /** R − U. */
  floor: number;
  /** Ready endpoints of the Service from each change on, ascending. */
  endpoints: { t: Nanos; ready: number }[];
  service: ServiceFacts;
  /** What the kubelet and the controllers said, by the name of the object that it is about. */
  events: EventFact[];
  container: ContainerFacts;
  /** Longest lag of the data plane behind the slice that was measured, milliseconds. */
  lagMs: number;
  /** Longest that a request was answered after, milliseconds. */
  longestMs: number;
  /** Longest from a pod's being called ready to its crash, milliseconds; 0 where none crashed. */
  settleMs: number;
  /** For a request on a reused connection: the pod that it leads to, by the answer before it there. */
  connectionPod(request: RequestSeen): string | undefined;
}

/** Lines with an id: a long request says that it was begun before it is answered. */
const ID_EVENTS = new Set(['begun', 'handled']);

/** @param dropped what is to be explained: of a million requests, few */
export function contextOf(history: ScenarioHistory, dropped: RequestSeen[]): Context {
  const pods = podLives(history);
  const byName = new Map(pods.map((pod) => [pod.name, pod]));
  const logWholeUntil = new Map<string, Nanos>();
  const ids = new Set(dropped.map(({ request }) => request));
  const handled = ofType(history, 'server').filter(
    ({ event, request }) => ID_EVENTS.has(event) && ids.has(request ?? ''),
  );
  const handledBy = Map.groupBy(
    handled.sort((a, b) => a.t - b.t),
    ({ request = '' }) => request,
  );
  for (const one of ofType(history, 'log')) {
    // One log of a pod that is not whole may be the one that has the id.
    logWholeUntil.set(
      one.pod,
      Math.min(logWholeUntil.get(one.pod) ?? Number.POSITIVE_INFINITY, one.whole ? one.until : -1),
    );
  }
  let deployment: DeploymentState | undefined;
  const endpoints: Context['endpoints'] = [];
  const wanted = new Map<string, { t: Nanos; replicas: number }[]>();
  for (const moment of replay(history)) {
    if (moment.event.kind === 'ReplicaSet') {
      const { uid } = moment.event;
      const replicas = moment.replicaSets.get(uid)?.replicas ?? 0;
      wanted.set(uid, [...(wanted.get(uid) ?? []), { t: moment.t, replicas }]);
    }
    deployment = moment.deployment ?? deployment;
    const ready = [...moment.endpoints.values()].filter((one) => one.ready).length;
    if (endpoints.at(-1)?.ready !== ready) endpoints.push({ t: moment.t, ready });
  }
  const floor = deployment === undefined ? 0 : deployment.replicas - fenceposts(deployment).unavailable;
  const connectionPod = podBefore(history);
  const answers = answersOf(history);
  const plan = history.started?.load;
  const good = (answer: RequestSeen) => plan !== undefined && isGood(answer, plan);
  return {
    pods,
    byName,
    flows: joinFlows(history, pods, connectionPod),
    handledBy,
    goodProbes: goodProbesOf(history),
    answers,
    isGood: good,
    letGo: letGoIn(history),
    atOdds: atOdds(pods, answers, good),
    namesPods: answers.size > 0,
    proxied: answers.size > 0 && maybeProxied(plan),
    logsIds: history.started?.logsRequestIds ?? false,
    logWholeUntil,
    proxyForgot: forgotten(pods, byName, history),
    starvedAt: (t) => starvedAt(history, t),
    fromOutside: (plan?.target ?? 'service') !== 'service',
    triggered: markerAt(history, 'trigger') ?? 0,
    deployment,
    wantedOf: (set, t) => wanted.get(set)?.findLast((one) => one.t <= t)?.replicas ?? 0,
    floor,
    endpoints,
    service: serviceOf(history),
    events: eventsOf(history),
    container: containerOf(history),
    lagMs: Math.max(0, ...endpointLags(history, pods).map(({ ms }) => ms)),
    longestMs: history.requests.reduce(
      (most, { t, end, status }) => (status > 0 ? Math.max(most, (end - t) / 1e6) : most),
      0,
    ),
    settleMs: settledFor(pods),
    connectionPod,
  };
}

/** Looked at once, and only where somebody asks: of a million requests, few. */
function letGoIn(history: ScenarioHistory): Context['letGo'] {
  let starts: Map<string, { t: Nanos; reused: boolean }[]> | undefined;
  return (answer) => {
    starts ??= Map.groupBy(
      history.requests.filter(({ lane }) => lane !== 'control' && lane !== 'new'),
      (request) => headOf(request, 'request'),
    );
    // Lane and VU, which has one connection.
    const user = headOf(answer, 'request');
    return starts.get(user)?.find(({ t }) => t > answer.t)?.reused === false;
  };
}

function goodProbesOf(history: ScenarioHistory): Context['goodProbes'] {
  const good = ofType(history, 'probe').filter(({ status }) => status >= 200 && status < 400);
  const byPod = Map.groupBy(good, ({ pod }) => pod);
  return new Map([...byPod].map(([pod, all]) => [pod, all.map(({ t, ms }) => ({ from: t - ms * 1e6, to: t }))]));
}

function answersOf(history: ScenarioHistory): Map<string, RequestSeen[]> {
  const answers = new Map<string, RequestSeen[]>();
  if (history.started === undefined) return answers;
  for (const request of history.requests) {
    if (request.pod === '' || request.lane === 'control') continue;
    const { pod } = request;
    const list = answers.get(pod);
    if (list === undefined) answers.set(pod, [request]);
    else list.push(request);
  }
  return answers;
}

function forgotten(pods: PodLife[], byName: Map<string, PodLife>, history: ScenarioHistory) {
  const firstRemoved = pods.reduce(
    (least, { endpointRemoved }) => Math.min(least, endpointRemoved ?? least),
    Number.POSITIVE_INFINITY,
  );
  const joined = (ip: string) => pods.find((pod) => pod.ip === ip)?.endpointReady ?? 0;
  const answered: { t: Nanos; joined: Nanos }[] = [];
  for (const { t, reused, pod, lane } of between(history.requests, firstRemoved, Number.POSITIVE_INFINITY)) {
    if (reused || pod === '' || lane === 'control') continue;
    const joined = byName.get(pod)?.endpointReady ?? 0;
    if (joined > firstRemoved) answered.push({ t, joined });
  }
  const opened = ofType(history, 'flow')
    .filter(({ event }) => event === 'new')
    .map(({ t, pod }) => ({ t, joined: joined(pod) }));
  // What leads to a pod that was there before any went proves nothing.
  const proofs = [...answered, ...opened].filter((one) => one.joined > firstRemoved).sort((a, b) => a.t - b.t);
  const forgot = new Map<string, Nanos>();
  for (const { uid, endpointRemoved } of pods) {
    if (endpointRemoved === undefined) continue;
    const proof = proofs.find((one) => one.t > endpointRemoved && one.joined > endpointRemoved);
    if (proof !== undefined) forgot.set(uid, proof.t);
  }
  return forgot;
}

function settledFor(pods: PodLife[]): number {
  const spans = pods.flatMap(({ crashes, ready }) =>
    crashes.flatMap(({ t }) => {
      const since = ready.findLast(({ from }) => from < t);
      return since === undefined ? [] : [(t - since.from) / 1e6];
    }),
  );
  return Math.max(0, ...spans);
}

/** How far a client's stamp and that of a process's end lie apart at most, where the runtime stamped the end. */
const EXACT: Nanos = 0.3e9;
/** … and where only the kubelet's whole seconds are known: the real instant lies up to one later. */
export const SLACK: Nanos = 1.5e9;

/** The request ended as this pod's process did. */
export function endedWith(request: RequestSeen, pod: PodLife): boolean {
  const end = endOf(pod);
  if (end === undefined) return false;
  return request.end >= end - EXACT && request.end <= end + (pod.exit === undefined ? SLACK : EXACT);
}

/** SIGTERM's instant. Without the runtime's record it is inferred: at the deletion, after the preStop sleep. */
export function termOf({ sigterm, deleted, preStopSleep = 0 }: PodLife): Nanos | undefined {
  return sigterm ?? (deleted === undefined ? undefined : deleted + preStopSleep * 1e9);
}

export function readyEndpointsAt({ endpoints }: Context, t: Nanos): number | undefined {
  return endpoints.findLast((one) => one.t <= t)?.ready;
}

/** SIGKILL at the end of the grace period. */
export function killed(pod: PodLife): boolean {
  const { deleted, exitCode, sigkill, oomKilled, gracePeriodSeconds } = pod;
  if (deleted === undefined || oomKilled) return false;
  if (sigkill !== undefined) return true;
  // The kernel's killer leaves 137 too, but at any time.
  return exitCode === 137 && (endOf(pod) ?? 0) >= deleted + gracePeriodSeconds * 1e9 - 2e9;
}

/**
 * Its hook failed, and so nothing waited before SIGTERM. One that fails after it has waited, or is cut by the end of the
 * grace, has done so.
 */
export function hookFailed(pod: PodLife, { events }: Pick<Context, 'events'>): boolean {
  const { name, deleted, serving } = pod;
  const sigterm = termOf(pod);
  if (deleted === undefined || sigterm === undefined || sigterm - deleted > WAITED) return false;
  return events.some(
    ({ reason, about, t, container }) =>
      reason === 'FailedPreStopHook' &&
      about === name &&
      (container === '' || container === serving) &&
      t >= deleted - WAITED &&
      t <= sigterm + WAITED,
  );
}
const WAITED: Nanos = 2e9;

/** SIGABRT, SIGBUS, SIGFPE, SIGSEGV. */
const CRASHED: ReadonlySet<number> = new Set([134, 135, 136, 139]);

/** It did not end: it crashed, or was killed for want of memory, while it was ending. */
export const brokeDown = (pod: PodLife): boolean =>
  pod.oomKilled === true || CRASHED.has(pod.exitCode ?? 0) || (pod.exitCode === 137 && !killed(pod));
