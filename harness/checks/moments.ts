import { perHistory } from '../history/per-history.ts';
import { type DeploymentState, type Moment, type ReplicaSetState, replay } from '../history/replay.ts';
import { type ScenarioHistory, type TransitionSpan, transitionsOf } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { availableFrom, isAvailable } from './available.ts';
import { deletions } from './deletions.ts';
import { limits } from './fenceposts.ts';
import { newReplicaSet } from './new-replica-set.ts';

/** What the checks count at one instant. */
export interface Count {
  t: Nanos;
  /** Id of the observation that shows it: of the last one before, where nothing was observed at that instant. */
  id: string;
  kind: string;
  /**
   * What made it an instant to count at: a watch event; a trigger; a pod's minReadySeconds being over, of which no watch
   * tells; the end of a gap (see blind.ts).
   */
  at: 'event' | 'trigger' | 'available' | 'sight';
  /** Index of the transition that it lies in. */
  transition: number;
  /** Ready, not being deleted. */
  ready: number;
  /** Ready for at least minReadySeconds, not being deleted. */
  available: number;
  /** All that exist, terminating ones too, without those that ended for good and nobody deletes (evicted ones). */
  pods: number;
  terminating: number;
  endpoints: number;
  /** `spec.replicas` of the transition's old ReplicaSets together, and of its new one. */
  old: number;
  new: number;
  oldPods: number;
  /** Of the new ReplicaSet, terminating ones not among them. */
  newPods: number;
  /** The ReplicaSet that had the highest revision at that instant. */
  newest: { uid: string; replicas: number };
  /** The Service's selector; empty within transitions of one Deployment, which don't touch it. */
  selector: string;
  floor: number;
  ceiling: number;
  replicas: number;
  /** 0 within a transition between Deployments. */
  generation: number;
  /** The controller has acted on this generation. */
  obeyed: boolean;
  rolled: boolean;
  /** The Deployment has been deleted. */
  gone: boolean;
}

/**
 * The counts at every instant of the judged span at which they can change; each transition begins with the state at its
 * trigger. Empty where no transition began or the Deployment was never seen.
 */
export const counts: (history: ScenarioHistory) => Count[] = perHistory(countAll);

function countAll(history: ScenarioHistory): Count[] {
  const transitions = transitionsOf(history);
  const end = transitions.at(-1)?.to;
  if (end === undefined) return [];
  const targets = transitions.map((one) => newReplicaSet(history, one)?.uid);
  const count = counter(history);
  const result: Count[] = [];
  const take = (state: Moment, t: Nanos, at: Count['at']) => {
    const transition = transitions.findLastIndex(({ from }) => from <= t);
    const one = count(state, t, at, { index: transition, span: transitions[transition], target: targets[transition] });
    if (one !== undefined && transition >= 0) result.push(one);
  };
  const triggers = transitions.map(({ from }) => from);
  let last: Moment | undefined;
  const upTo = (until: Nanos) => {
    for (const { t, at } of last === undefined ? [] : between(last, until, triggers, history.epochMs))
      take(last!, t, at);
  };
  for (const moment of replay(history)) {
    if (moment.t >= end) break;
    upTo(moment.t);
    last = {
      ...moment,
      pods: new Map(moment.pods),
      replicaSets: new Map(moment.replicaSets),
      deployments: new Map(moment.deployments),
    };
    take(last, moment.t, 'event');
  }
  upTo(end);
  return result;
}

/** The instants after a moment, before the next one, at which something is to be counted although nothing was observed. */
function between(last: Moment, until: Nanos, triggers: Nanos[], epochMs: number): { t: Nanos; at: Count['at'] }[] {
  const matured = [...last.pods.values()].map((pod) => availableFrom(pod, last, epochMs));
  return [
    ...[...new Set(matured)].filter((t) => t > last.t && t < until).map((t) => ({ t, at: 'available' as const })),
    ...triggers.filter((t) => t > last.t && t <= until).map((t) => ({ t, at: 'trigger' as const })),
  ].sort((a, b) => a.t - b.t);
}

/** The transition that an instant lies in; before the first one there is none. */
interface Within {
  index: number;
  span: TransitionSpan | undefined;
  /** uid of its new ReplicaSet. */
  target: string | undefined;
}

function counter(history: ScenarioHistory) {
  const { epochMs, started } = history;
  const limitsAt = limits();
  const deletedUpTo = deletions(history);
  const floorWanted = started?.expectation.floor;
  return (state: Moment, t: Nanos, at: Count['at'], { index, span, target }: Within): Count | undefined => {
    const between = span?.leadsTo;
    const name = between ?? started?.workload.deployment ?? '';
    const deployment = state.deployments.get(name) ?? (between === undefined ? undefined : NOT_THERE_YET);
    if (deployment === undefined) return undefined;
    const { generation, observedGeneration, replicas, status } = deployment;
    // Within one Deployment the others that serve beside it are no part of its rollout.
    const sets = [...state.replicaSets.values()].filter((set) => between !== undefined || set.deployment === name);
    const fresh = new Set(
      between === undefined ? [target] : sets.filter((set) => set.deployment === between).map(({ uid }) => uid),
    );
    const pods = [...state.pods.values()].filter(
      ({ ended, terminating, owner }) =>
        (!ended || terminating) && (between !== undefined || state.owners.get(owner) === name),
    );
    const alive = pods.filter(({ terminating }) => !terminating);
    const available = alive.filter((pod) => isAvailable(pod, state, t, epochMs));
    const sum = (some: ReplicaSetState[]) => some.reduce((total, set) => total + set.replicas, 0);
    const [wanted, wantedNew] = [sum(sets), sum(sets.filter(({ uid }) => fresh.has(uid)))];
    const newest = sets.reduce((a, b) => (b.revision > a.revision ? b : a), { uid: '', revision: -1, replicas: 0 });
    const rated = sets.map((set) => ({ ...set, actual: available.filter(({ owner }) => owner === set.uid).length }));
    const { floor, ceiling } =
      span?.limits ??
      limitsAt({
        t,
        deployment,
        kept: rated.reduce((total, set) => total + Math.min(set.replicas, set.actual, set.available ?? set.actual), 0),
        available: available.length,
        overrated: rated.some((set) => (set.available ?? 0) > set.actual),
        wanted,
        deleted: deletedUpTo(state, t),
      });
    return {
      t,
      id: state.event.id,
      kind: state.event.kind,
      at,
      transition: index,
      ready: alive.filter(({ ready }) => ready).length,
      available: available.length,
      pods: pods.length,
      terminating: pods.length - alive.length,
      endpoints: [...state.endpoints.values()].filter(({ ready }) => ready).length,
      old: wanted - wantedNew,
      new: wantedNew,
      oldPods: pods.filter(({ owner }) => !fresh.has(owner)).length,
      newPods: alive.filter(({ owner }) => fresh.has(owner)).length,
      // Between Deployments the whole of one takes the place of the newest ReplicaSet, and no generation divides it.
      newest:
        between === undefined ? { uid: newest.uid, replicas: newest.replicas } : { uid: between, replicas: wantedNew },
      selector: between === undefined ? '' : state.selector,
      floor: floorWanted ?? floor,
      ceiling,
      replicas,
      gone: deployment.gone === true,
      generation: between === undefined ? generation : 0,
      obeyed: between !== undefined || observedGeneration >= generation,
      rolled:
        !deployment.gone &&
        observedGeneration >= generation &&
        status.updated === replicas &&
        status.replicas === replicas &&
        status.available === replicas,
    };
  };
}

/** A Deployment that a transition is to lead to, before it is made. */
const NOT_THERE_YET: DeploymentState = {
  generation: 1,
  observedGeneration: 0,
  replicas: 0,
  strategy: 'RollingUpdate',
  maxSurge: '25%',
  maxUnavailable: '25%',
  minReadySeconds: 0,
  paused: false,
  stalled: false,
  status: { replicas: 0, updated: 0, available: 0 },
};
