import { controllerOf } from '../../history/objects.ts';
import type { DeploymentState } from '../../history/replay.ts';
import { judgedSpan, objectsOf, type ScenarioHistory, transitionsOf, within } from '../../history/select.ts';
import type { ActionTaken, Nanos } from '../../history/types.ts';
import { newReplicaSet } from '../new-replica-set.ts';
import { define, unseen } from './measure.ts';
import { stateAt } from './pods.ts';
import { unlessBlind } from './sight.ts';

/** At the instant at which `kubectl rollout status` returned no other pod than new ones is there, terminating or not. */
export const onlyNewPodsAtStatus = define('only-new-pods-at-status', (history) => {
  const status = statusOf(history);
  const state = status && stateAt(history, status.end);
  const target = status && targetAt(history, status.action);
  if (status === undefined || state === undefined || target === undefined) return unseen(NO_STATUS);
  const there = [...state.pods.values()].filter(({ ended, terminating }) => !ended || terminating);
  const old = there.filter(({ owner }) => owner !== target);
  const ends = objectsOf(history, 'Pod').flatMap(({ verb, uid, t }) =>
    verb === 'deleted' && old.some((pod) => pod.uid === uid) ? [t] : [],
  );
  const last = Math.max(status.end, ...ends);
  const dying = old.filter(({ terminating }) => terminating).length;
  return unlessBlind(history, ['Pod', 'ReplicaSet'], {
    holds: old.length === 0,
    figures:
      old.length === 0
        ? `when it returned, all ${there.length} pods were new`
        : `when it returned, ${old.length} old pods were there, ${dying} of them terminating; the last was gone ${seconds(last - status.end)} later`,
    examined: there.length,
    witnesses: [status.action.id, ...idsOf(history, old, status.end)],
  });
});

/** No request that began after `kubectl rollout status` had returned is answered by another pod than a new one. */
export const onlyNewAnswersAfterStatus = define('only-new-answers-after-status', (history) => {
  const status = statusOf(history);
  const target = status && targetAt(history, status.action);
  const span = judgedSpan(history);
  if (status === undefined || target === undefined || span === undefined) return unseen(NO_STATUS);
  const owners = ownersOf(history);
  const after = history.requests.filter(
    ({ lane, t, pod }) => lane !== 'control' && owners.has(pod) && within({ from: status.end, to: span.to }, t),
  );
  const byOld = after.filter(({ pod }) => owners.get(pod) !== target);
  const last = Math.max(status.end, ...byOld.map(({ end }) => end));
  const lanes = [...Map.groupBy(byOld, ({ lane }) => lane)].map(([lane, all]) => `${lane} ${all.length}`).join(', ');
  return {
    holds: byOld.length === 0,
    figures:
      byOld.length === 0
        ? `all ${after.length} requests that began after it had returned were answered by new pods`
        : `${byOld.length} of ${after.length} requests that began after it had returned were answered by old pods (${lanes}), the last ${seconds(last - status.end)} after it`,
    examined: after.length,
    witnesses: byOld.map(({ id }) => id),
  };
});

/**
 * The Deployment's own counts are complete when `kubectl rollout status` returns: updated, all and available pods as many
 * as wanted, by a controller that has seen the latest change.
 */
export const countsCompleteAtStatus = define('counts-complete-at-status', (history) => {
  const status = statusOf(history);
  // Two watches: kubectl may have been told up to so much before we were.
  const state = status && stateAt(history, status.end + LATE);
  const deployment = state?.deployment;
  if (status === undefined || deployment === undefined) return unseen(NO_STATUS);
  const { replicas, status: counted } = deployment;
  return unlessBlind(history, ['Deployment'], {
    holds: isComplete(deployment),
    figures: `${counted.updated} updated, ${counted.replicas} in all, ${counted.available} available, ${replicas} wanted`,
    examined: 1,
    witnesses: [status.action.id],
  });
});

/** `kubectl rollout status` tells of the rollout while it goes on, more than once, and of its end. */
export const statusShowsProgress = define('status-shows-progress', (history) => {
  const status = statusOf(history);
  if (status === undefined) return unseen(NO_STATUS);
  const lines = (status.action.output ?? '').split('\n').filter((line) => line.trim() !== '');
  const progress = new Set(lines.filter((line) => line.startsWith('Waiting for deployment')));
  const end = lines.some((line) => line.includes('successfully rolled out'));
  const shown = [...progress].map(
    (line) => /(\d+ (?:out )?of \d+ .+?|\d+ old replicas .+?)\.\.\.$/.exec(line)?.[1] ?? line,
  );
  return {
    holds: progress.size > 1 && end,
    figures: `${lines.length} lines: ${[...shown, ...(end ? ['successfully rolled out'] : [])].join('; ')}`,
    examined: lines.length,
    witnesses: [status.action.id],
  };
});

const NO_STATUS = '`kubectl rollout status` did not return by itself';
/** Nanoseconds. */
const LATE = 1e9;

interface Status {
  action: ActionTaken;
  end: Nanos;
}

/** The first one that said that the rollout is complete. */
function statusOf({ actions }: ScenarioHistory): Status | undefined {
  const action = actions.find(({ action, ok, end }) => action === 'rollout-status' && ok && end !== undefined);
  return action && { action, end: action.end! };
}

/** uid of the ReplicaSet that the transition rolls to in which it was asked. */
function targetAt(history: ScenarioHistory, { t }: ActionTaken): string | undefined {
  const span = transitionsOf(history).find((one) => within(one, t));
  return span && newReplicaSet(history, span)?.uid;
}

/** uids of the ReplicaSets of all pods that were ever seen, by the pod's name. */
function ownersOf(history: ScenarioHistory): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { name, object } of objectsOf(history, 'Pod')) {
    const owner = controllerOf(object)?.uid;
    if (owner !== undefined) owners.set(name, owner);
  }
  return owners;
}

/** Of each pod the last observation by then. */
function idsOf(history: ScenarioHistory, pods: { uid: string }[], until: Nanos): string[] {
  return pods.flatMap(({ uid }) => {
    const last = objectsOf(history, 'Pod').findLast((one) => one.uid === uid && one.t <= until);
    return last === undefined ? [] : [last.id];
  });
}

function isComplete({ generation, observedGeneration, replicas, status }: DeploymentState): boolean {
  return observedGeneration >= generation && Object.values(status).every((count) => count === replicas);
}

const seconds = (nanos: Nanos) => `${(nanos / 1e9).toFixed(1)} s`;
