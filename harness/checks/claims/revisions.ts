import type { ReplicaSetState } from '../../history/replay.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { ActionTaken, Nanos } from '../../history/types.ts';
import { define, unseen } from './measure.ts';
import { stateAt } from './pods.ts';
import { unlessBlind } from './sight.ts';

interface Listing {
  /** Under which the look is in the history: the label of `inspect`. */
  label: string;
}

/** `kubectl rollout history` lists the revisions of all ReplicaSets that are there, and no others. */
export const historyListsRevisions = define<Listing>('history-lists-revisions', (history, { label }) => {
  const look = lookOf(history, label);
  if (look === undefined) return unseen(`no \`kubectl rollout history\` named "${label}"`);
  const sets = setsAt(history, look.t);
  const listed = causesOf(look).map(({ revision }) => revision);
  const there = sets.map(({ revision }) => revision).sort((a, b) => a - b);
  return unlessBlind(history, ['ReplicaSet'], {
    holds: listed.join() === there.join(),
    figures: `it lists ${listed.join(', ') || 'none'}; there are ReplicaSets of the revisions ${there.join(', ')}`,
    examined: there.length,
    witnesses: [look.id],
  });
});

/** A listing of `kubectl rollout history` no longer has this revision, but others. */
export const noLongerLists = define<Listing & { revision: number }>(
  'no-longer-lists',
  (history, { label, revision }) => {
    const look = lookOf(history, label);
    if (look === undefined) return unseen(`no \`kubectl rollout history\` named "${label}"`);
    const listed = causesOf(look).map((one) => one.revision);
    return {
      holds: !listed.includes(revision),
      figures: `it lists ${listed.join(', ') || 'none'}`,
      examined: listed.length,
      witnesses: [look.id],
    };
  },
);

/** `kubectl rollout history --revision=N` shows the template of the ReplicaSet with that revision: its images. */
export const showsTemplate = define<Listing & { revision: number }>(
  'shows-template',
  (history, { label, revision }) => {
    const look = lookOf(history, label);
    const set = look && setsAt(history, look.t).find((one) => one.revision === revision);
    if (look?.output === undefined || set === undefined)
      return unseen(`revision ${revision} was not looked at as "${label}"`);
    const images = [...look.output.matchAll(/^\s*Image:\s*(\S+)/gm)].map(([, image]) => image);
    const named = look.output.includes(`revision #${revision}`);
    return {
      holds: named && images.join(' ') === set.images,
      figures: `it shows ${images.join(' ') || 'no image'}; the ReplicaSet of revision ${revision} has ${set.images}`,
      examined: 1,
      witnesses: [look.id],
    };
  },
);

/**
 * The first rollback brings the template of this revision back: that revision's own ReplicaSet is used again and becomes
 * the newest, under the next revision number, and no other one is made.
 */
export const undoReuses = define<{ revision: number }>('undo-reuses', (history, { revision }) => {
  const undo = history.actions.find(({ action }) => action === 'rollback');
  const before = undo === undefined ? [] : setsAt(history, undo.t);
  const old = before.find((one) => one.revision === revision);
  if (undo === undefined || old === undefined)
    return unseen(`no rollback was seen, or no ReplicaSet of revision ${revision} before it`);
  const after = setsAt(history, Number.POSITIVE_INFINITY);
  const next = Math.max(...before.map((one) => one.revision)) + 1;
  const newest = after.reduce((a, b) => (b.revision > a.revision ? b : a));
  const made = after.filter(({ uid }) => !before.some((one) => one.uid === uid));
  const reused = newest.uid === old.uid && newest.revision === next && newest.images === old.images;
  return unlessBlind(history, ['ReplicaSet'], {
    holds: undo.ok && reused && made.length === 0,
    figures: `${newest.uid === old.uid ? `the ReplicaSet of revision ${revision} became revision ${newest.revision}` : `revision ${newest.revision} is another ReplicaSet`}, with ${newest.images}; ${made.length} ReplicaSets were made`,
    examined: before.length,
    witnesses: [undo.id],
  });
});

/** `kubectl rollout history` gives a revision this change-cause; "<none>" is none. */
export const listsCause = define<Listing & { revision: number; cause: string }>(
  'lists-cause',
  (history, { label, revision, cause }) => {
    const look = lookOf(history, label);
    const listed = look && causesOf(look).find((one) => one.revision === revision);
    if (look === undefined || listed === undefined) return unseen(`revision ${revision} is not listed as "${label}"`);
    return {
      holds: listed.cause === cause,
      figures: `revision ${revision}: ${withoutFlags(listed.cause)}`,
      examined: 1,
      witnesses: [look.id],
    };
  },
);

/** An update with `--record` is accepted, and its command is the change-cause of its revision in a later listing. */
export const recordMarks = define<Listing & { revision: number }>('record-marks', (history, { label, revision }) => {
  const [update] = recorded(history);
  const look = lookOf(history, label);
  const listed = look && causesOf(look).find((one) => one.revision === revision);
  if (update === undefined) return unseen('no update with --record');
  if (!update.ok) return { holds: false, figures: update.detail, examined: 1, witnesses: [update.id] };
  if (look === undefined || listed === undefined) return unseen(`revision ${revision} is not listed as "${label}"`);
  return {
    holds: /\bset image\b.*--record/.test(listed.cause),
    figures: `revision ${revision}: ${withoutFlags(listed.cause)}`,
    examined: 1,
    witnesses: [update.id, look.id],
  };
});

/** A revision has the change-cause of the one before it in `kubectl rollout history`, which has one. */
export const inheritsCause = define<Listing & { revision: number }>(
  'inherits-cause',
  (history, { label, revision }) => {
    const look = lookOf(history, label);
    const causeOf = (number: number) => look && causesOf(look).find((one) => one.revision === number)?.cause;
    const [before, cause] = [causeOf(revision - 1), causeOf(revision)];
    if (look === undefined || before === undefined || cause === undefined)
      return unseen(`revision ${revision} and the one before it are not listed as "${label}"`);
    return {
      holds: before === '<none>' ? undefined : cause === before,
      figures: `revision ${revision - 1}: ${withoutFlags(before)}; revision ${revision}: ${cause === before ? 'the same' : withoutFlags(cause)}`,
      examined: 1,
      witnesses: [look.id],
    };
  },
);

/** kubectl warns of `--record`, or refuses it. */
export const recordIsDeprecated = define('record-is-deprecated', (history) => {
  const [update] = recorded(history);
  if (update === undefined) return unseen('no update with --record');
  const words = (update.ok ? (update.output ?? '') : update.detail).split('\n').find((line) => /--record/.test(line));
  return {
    holds: !update.ok || words !== undefined,
    figures: words === undefined ? 'it says nothing' : `it says: ${words.trim()}`,
    examined: 1,
    witnesses: [update.id],
  };
});

const recorded = ({ actions }: ScenarioHistory): ActionTaken[] =>
  actions.filter(({ action, detail }) => action === 'set-image' && detail.includes('--record'));

const lookOf = ({ actions }: ScenarioHistory, label: string): ActionTaken | undefined =>
  actions.find(({ action, ok }) => action === label && ok);

/** Of the workload's own Deployment. */
function setsAt(history: ScenarioHistory, t: Nanos): ReplicaSetState[] {
  const state = stateAt(history, t);
  const name = history.started?.workload.deployment;
  return [...(state?.replicaSets.values() ?? [])].filter(({ deployment }) => deployment === name);
}

/** The rows of the table that kubectl printed: "2         <none>". */
function causesOf({ output = '' }: ActionTaken): { revision: number; cause: string }[] {
  return [...output.matchAll(/^(\d+)\s+(.*)$/gm)].map(([, revision, cause]) => ({
    revision: Number(revision),
    cause: cause!.trim(),
  }));
}

/** Which cluster it was said to is nothing to be told. */
const withoutFlags = (command: string): string => command.replace(/ --(kubeconfig|namespace|context)=\S+/g, '');
