import { podLives } from '../history/pod-lives.ts';
import { type PodState, replay } from '../history/replay.ts';
import {
  judgedSpan,
  markerAt,
  type ScenarioHistory,
  type TransitionSpan,
  transitionsOf,
  within,
} from '../history/select.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import { blindSpans, contradiction } from './blind.ts';
import { analyses, deploymentsOf } from './canary/steps.ts';
import { faultSpans } from './fault-spans.ts';
import { type Count, counts } from './moments.ts';
import { type NewReplicaSet, newReplicaSet } from './new-replica-set.ts';
import { forWantOfProcessor, saidLast } from './out-of-time.ts';
import type { Finding } from './types.ts';

/** What speaks against an end as it should be. */
interface Against {
  /** Facts. */
  problems: string[];
  /** What is not known. */
  open: string[];
  witnesses: string[];
  examined: number;
}

/**
 * The last transition came to its end: rolled out, nothing terminating, only the new version answers, and what else its driver
 * waited for has come. (One that was overtaken has none.) A canary that was given up, without anybody's having meant it to be,
 * has not come to its own.
 */
export function done(history: ScenarioHistory): Finding {
  const last = transitionsOf(history).at(-1);
  const again = last && rolledAgain(history, counts(history), last);
  const transition = last && (again === undefined ? last : { ...last, to: again });
  const target = transition && newReplicaSet(history, transition);
  const state = ofState(history, transition, target, again !== undefined);
  const answers = ofAnswers(history, transition, target);
  const abort = givenUp(history);
  const [problems, open] = [
    [
      ...(abort === undefined ? [] : [`the canary was given up, ${abort.detail}`]),
      ...state.problems,
      ...answers.problems,
    ],
    [...state.open, ...answers.open],
  ];
  return {
    name: 'done',
    verdict: problems.length > 0 ? 'fail' : open.length > 0 ? 'inconclusive' : 'pass',
    examined: state.examined + answers.examined,
    witnesses: [...(abort === undefined ? [] : [abort.id]), ...state.witnesses, ...answers.witnesses],
    detail:
      [...problems, ...open].join('; ') ||
      `rolled out, nothing terminating, ${answers.examined} answers after it, all of the new version`,
  };
}

/**
 * The trigger that led back to stable, which nobody had in mind: neither was the canary to be given up after so many steps,
 * nor is that claimed. It may have dropped nothing; but the new version serves nobody.
 */
function givenUp(history: ScenarioHistory): { id: string; detail: string } | undefined {
  const abort = history.markers.find(({ transition }) => transition === 'canary-abort');
  const late = history.actions.some(({ action, ok }) => action === 'canary-step' && !ok);
  const unplanned = late || analyses(history).some(({ live }) => !live.promote);
  const claimed = history.started?.claims?.some(({ measure }) => measure === 'aborts') ?? false;
  return abort === undefined || !unplanned || claimed ? undefined : { id: abort.id, detail: abort.detail ?? '' };
}

/** Kinds that are nothing without a new ReplicaSet. Others may scale what is there, or change what no pod shows. */
const ROLLS: ReadonlySet<string> = new Set(['rolling', 'rollover', 'rollback', 'restart', 'pause-resume', 'unknown']);

function ofState(
  history: ScenarioHistory,
  transition: TransitionSpan | undefined,
  target: NewReplicaSet | undefined,
  again: boolean,
): Against {
  const all = counts(history);
  const last = all.at(-1);
  if (last === undefined || transition === undefined) return { problems: [], open: [], witnesses: [], examined: 0 };
  const found: string[] = [];
  const came = target?.risen === true;
  if (!came && ROLLS.has(transition.kind)) found.push(`no new ReplicaSet came${refused(history, transition)}`);
  if (target?.returned) found.push(`it led back to ${target.name}, with which it had begun: somebody undid it`);
  found.push(...cameToNothing(history, transition, came));
  const scaled = scaledSince(history, all, transition);
  const unrolled = !last.gone && !last.rolled && !scaled ? ['the Deployment is not rolled out'] : [];
  // With the last state seen: why a pod has not come.
  const vain = waitedInVain(history, transition);
  const inVain = vain === undefined ? [] : [vain];
  const terminating = scaled ? last.oldPods : last.terminating;
  const waits = [...unrolled, ...inVain];
  const starving = unrolled.length > 0 && allOutOfTime(history, last);
  if (last.gone) found.push('the Deployment is gone');
  if (!starving) found.push(...unrolled);
  if (terminating > 0) found.push(`${terminating} pods still terminating`);
  if (!starving) found.push(...inVain);
  const open = [
    ...unseenEnd(history, all),
    ...(again ? ['another rollout began after this one had ended'] : []),
    ...(found.length > 0 && faultAtEnd(history) ? ['a fault of the machine lasted to the end'] : []),
    // Something else was written: by an autoscaler, say.
    ...(!came && transition.kind === 'observed' ? ['what was observed was no rollout: no new ReplicaSet came'] : []),
  ];
  const starved = starving ? [...waits, 'probes had timed out while the machine had no processor to spare'] : [];
  // What was still going on when nobody looked any more may have ended well.
  return open.length > 0
    ? { problems: [], open: [...found, ...starved, ...open], witnesses: [], examined: 1 }
    : { problems: found, open: starved, witnesses: found.length > 0 ? [last.id] : [], examined: 1 };
}

/**
 * The pods that it waits for are all there, and those that are not ready are so because their probes ran out of time for want
 * of a processor: nobody knows whether they would have been with one to spare.
 */
function allOutOfTime(history: ScenarioHistory, { t, newest }: Count): boolean {
  const end = judgedSpan(history)?.to ?? t;
  let own: PodState[] = [];
  for (const { t: at, pods, owners } of replay(history)) {
    if (at > t) break;
    const isOwn = (owner: string) => owner === newest.uid || owners.get(owner) === newest.uid;
    own = [...pods.values()].filter((pod) => isOwn(pod.owner) && !pod.terminating && !pod.ended);
  }
  const waited = own.filter(({ ready }) => !ready);
  const lives = podLives(history);
  const ranOut = ({ uid, name }: PodState) => {
    const lastReady = lives.find((life) => life.uid === uid)?.ready.at(-1)?.from ?? 0;
    return forWantOfProcessor(history, saidLast(history, name, end, lastReady));
  };
  return own.length >= newest.replicas && waited.length > 0 && waited.every(ranOut);
}

/**
 * Once it had settled, as it should, somebody changed its number of replicas, an autoscaler, say: how that ends is not the
 * transition's any more.
 */
function scaledSince(history: ScenarioHistory, all: Count[], transition: TransitionSpan): boolean {
  const { then } = settledWell(history, all, transition) ?? {};
  const last = all.at(-1)!;
  return then !== undefined && then.newest.uid === last.newest.uid && then.replicas !== last.replicas;
}

/** When it had settled, and the state then, where that was as it should be. */
function settledWell(
  { markers }: ScenarioHistory,
  all: Count[],
  { from }: TransitionSpan,
): { at: Nanos; then: Count } | undefined {
  const at = markers.findLast(({ marker, t }) => marker === 'settled' && t >= from)?.t;
  if (at === undefined) return undefined;
  const then = all.findLast(({ t }) => t <= at);
  return then === undefined || !then.rolled || then.terminating > 0 ? undefined : { at, then };
}

/** Transitions, of several, that changed nothing: that the others ended well is no word for them. */
function cameToNothing(history: ScenarioHistory, last: TransitionSpan, came: boolean): string[] {
  const all = transitionsOf(history);
  return all.flatMap((one, index) => {
    const isLast = one.from === last.from;
    // Whoever drives by chance knows of it, and says so.
    if (ACKNOWLEDGED.has(all[index + 1]?.kind ?? '')) return [];
    const unchanged = isLast && came ? undefined : saidUnchanged(history, one);
    const undo = isLast ? '' : refused(history, one);
    const which = isLast ? '' : `transition ${index + 1} (${one.kind}): `;
    return [
      ...(unchanged === undefined ? [] : [`${which}nothing was changed (kubectl: ${unchanged})`]),
      ...(undo === '' ? [] : [`${which}nothing was rolled${undo}`]),
    ];
  });
}

const ACKNOWLEDGED: ReadonlySet<string> = new Set(['refused', 'unchanged']);

/** What kubectl said, where an apply or a patch changed no object at all: nobody rolls out what is there already. */
function saidUnchanged({ actions }: ScenarioHistory, { kind, from, to }: TransitionSpan): string | undefined {
  const writes = actions.filter(
    ({ action, ok, t }) => action === kind && WRITES.has(kind) && ok && t >= from && t < to,
  );
  const said = writes.flatMap(({ output = '' }) => output.split('\n')).filter((line) => /^\S+\/\S+ /.test(line));
  return said.length > 0 && said.every((line) => /(unchanged|\(no change\))$/.test(line)) ? said[0] : undefined;
}

const WRITES: ReadonlySet<string> = new Set(['apply', 'patch']);

/**
 * When somebody wrote another template once it had settled, as it should: how that ends is not the transition's any more.
 * Undefined where nobody did.
 */
function rolledAgain(history: ScenarioHistory, all: Count[], transition: TransitionSpan): Nanos | undefined {
  const settled = settledWell(history, all, transition);
  if (settled === undefined) return undefined;
  const { at, then } = settled;
  return all.find(({ t, gone, newest }) => t > at && !gone && newest.uid !== then.newest.uid)?.t;
}

/** What was waited for as its end, and has not come. */
function waitedInVain({ actions, markers }: ScenarioHistory, { from }: TransitionSpan): string | undefined {
  const waited = actions.findLast(({ action, ok, t }) => action === 'wait' && !ok && t >= from);
  const settled = waited && markers.some(({ marker, t }) => marker === 'settled' && t >= waited.t);
  return settled ? undefined : waited?.detail;
}

/** What kubectl said, where an undo led nowhere. */
function refused({ actions }: ScenarioHistory, { from, to }: TransitionSpan): string {
  const undo = actions.findLast(({ action, ok, t }) => action === 'rollback' && !ok && t >= from && t < to);
  return undo === undefined ? '' : ` (${undo.detail})`;
}

/** Why the end was not seen. A gap that a list has closed does not touch it, only one that lasts. */
function unseenEnd(history: ScenarioHistory, all: Count[]): string[] {
  const cut = history.truncated || markerAt(history, 'tail-end') === undefined;
  const end = judgedSpan(history)?.to ?? 0;
  const blind = blindSpans(history, ['Pod', 'ReplicaSet', 'Deployment']).some(({ to }) => to >= end);
  const against = contradiction(all);
  return [
    ...(cut ? ['the run was cut short before its end'] : []),
    ...(blind ? ['its watches were blind at the end'] : []),
    ...(against === undefined ? [] : [against]),
  ];
}

/** Then nobody knows how it would have ended without. */
function faultAtEnd(history: ScenarioHistory): boolean {
  const end = judgedSpan(history)?.to ?? 0;
  return faultSpans(history).some(({ from, to }) => from < end && to >= end);
}

function ofAnswers(
  history: ScenarioHistory,
  transition: TransitionSpan | undefined,
  target: NewReplicaSet | undefined,
): Against {
  const settled = history.markers.findLast(({ marker }) => marker === 'settled')?.t;
  if (transition === undefined || settled === undefined || settled < transition.from)
    return { problems: [], open: [], witnesses: [], examined: 0 };
  const wanted = wantedVersion(history, transition, target);
  const span = { from: settled, to: transition.to };
  const sent = history.requests.filter(({ lane, t }) => lane !== 'control' && within(span, t));
  const beside = servesBeside(history, transition);
  const told = toldBy(sent, ownersByName(history), wanted, target).filter(({ right, pod }) => right || !beside(pod));
  const wrong = told.filter(({ right }) => !right);
  const nobody = wanted !== undefined && told.length === 0;
  const problems = [
    ...(wrong.length > 0
      ? [`${wrong.length} of ${told.length} answers after the end came from ${wrong[0]!.from}`]
      : []),
    ...(nobody && sent.length > 0 ? ['nothing answered after the end'] : []),
  ];
  return {
    problems,
    open: nobody && sent.length === 0 ? ['no request was sent after the end'] : [],
    witnesses: [...wrong.map(({ id }) => id), ...(nobody ? sent.map(({ id }) => id) : [])],
    examined: told.length,
  };
}

/**
 * Whether a pod may be one of a Deployment that serves beside the one that is rolled, and goes on as it is: a canary of the
 * next version, say. An answer that names no pod may be one of its.
 */
function servesBeside(history: ScenarioHistory, { leadsTo }: TransitionSpan): (pod: string) => boolean {
  const others = leadsTo === undefined ? (history.started?.workload.others ?? []) : [];
  if (others.length === 0) return () => false;
  const deploymentOf = deploymentsOf(history);
  return (pod) => others.includes(deploymentOf(pod) ?? others[0]!);
}

/** The answers that say by a header which version, or at least which pod, they are of. */
function toldBy(
  sent: RequestSeen[],
  owners: Map<string, string>,
  wanted: string | undefined,
  target: NewReplicaSet | undefined,
): { id: string; pod: string; from: string; right: boolean }[] {
  return sent.flatMap(({ id, version, pod }) => {
    if (wanted !== undefined && version !== '')
      return [{ id, pod, from: `version ${version}`, right: version === wanted }];
    const owner = owners.get(pod);
    return owner === undefined ? [] : [{ id, pod, from: `the old pod ${pod}`, right: owner === target?.uid }];
  });
}

/**
 * The one that the images are tagged with, where there are several. Else: a transition that leads back to the images of
 * the beginning, or keeps them, brings the old version. An update that keeps them changes something else, a variable, say:
 * which version that makes, nobody can tell from here.
 */
function wantedVersion(
  history: ScenarioHistory,
  { kind }: TransitionSpan,
  target: NewReplicaSet | undefined,
): string | undefined {
  const versions = history.started?.workload.versions;
  const tagged = versions?.all?.find((version) =>
    target?.images.split(' ').some((image) => image.endsWith(`:${version}`)),
  );
  if (tagged !== undefined) return tagged;
  const trigger = transitionsOf(history)[0]?.from ?? 0;
  const initial = newReplicaSet(history, { from: 0, to: trigger });
  if (initial === undefined || initial.images !== target?.images) return versions?.new;
  return target.uid === initial.uid || kind === 'restart' ? versions?.old : undefined;
}

function ownersByName(history: ScenarioHistory): Map<string, string> {
  const owners = new Map<string, string>();
  for (const { pods } of replay(history)) for (const { name, owner } of pods.values()) owners.set(name, owner);
  return owners;
}
