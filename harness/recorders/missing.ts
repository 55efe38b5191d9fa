import type { KubeObject, Nanos, NewObservation, ObjectSeen, WatchedKind } from '../history/types.ts';
import { notBefore } from './known-objects.ts';

/** One state of one object, as a witness saw it. */
export interface WitnessedState {
  verb: string;
  uid: string;
  name: string;
  version: string;
}

/** What a second witness saw of one kind. */
export interface Witnessed {
  kind: WatchedKind;
  /** The version from which it saw everything; undefined where that is not known. */
  from: string | undefined;
  /** When it ended. */
  until: Nanos;
  /** Why, where it ended by itself. */
  endedEarly?: string;
  states: WitnessedState[];
  /** Lines of its output that are no event. */
  unreadable: number;
}

export interface Missing {
  /** States that the witness saw. */
  seen: number;
  /** It saw them, and the history does not have them; with the span in which they should have come. */
  fromHistory: (WitnessedState & { kind: WatchedKind; after: Nanos; before: Nanos })[];
  /** The history has them, and the witness did not see them. */
  fromWitness: (WitnessedState & { kind: WatchedKind })[];
}

/** So much later than the history may the witness see a state: milliseconds. */
const SLOWER_MS = 1_000;

/**
 * Compares the two by kind, uid and resourceVersion. The witness has to have ended before the history did; what came just
 * before it ended, it need not have seen.
 */
export function missing(history: ObjectSeen[], witnessed: Witnessed[]): Missing {
  const found: Missing = { seen: 0, fromHistory: [], fromWitness: [] };
  for (const { kind, from, until, states } of witnessed) {
    const own = history.filter((one) => one.kind === kind);
    const ours = new Set(own.map(({ uid, resourceVersion }) => key(uid, resourceVersion)));
    const theirs = new Set(states.map(({ uid, version }) => key(uid, version)));
    found.seen += theirs.size;
    for (const state of states) {
      if (ours.has(key(state.uid, state.version))) continue;
      const newer = own.filter(({ resourceVersion }) => notBefore(resourceVersion, state.version)).map(({ t }) => t);
      const older = own.filter(({ resourceVersion }) => notBefore(state.version, resourceVersion)).map(({ t }) => t);
      found.fromHistory.push({
        kind,
        ...state,
        after: Math.max(...older, own[0]?.t ?? 0),
        before: Math.min(...newer, until),
      });
    }
    for (const { verb, uid, name, resourceVersion: version, t } of from === undefined ? [] : own) {
      if (notBefore(from!, version) || t > until - SLOWER_MS * 1e6 || theirs.has(key(uid, version))) continue;
      found.fromWitness.push({ kind, verb, uid, name, version });
    }
  }
  return found;
}

const key = (uid: string, version: string) => `${uid} ${version}`;

/** What is to be written down: a gap for each kind that lacks something, and one line of counts. */
export function tellMissing(
  { seen, fromHistory, fromWitness }: Missing,
  witnessed: Witnessed[],
  t: Nanos,
): NewObservation[] {
  const gaps = witnessed.flatMap(({ kind }): NewObservation[] => {
    const own = fromHistory.filter((one) => one.kind === kind);
    if (own.length === 0) return [];
    const reason = `a second witness saw what the watch did not: ${listed(own)}`;
    const [from, to] = [Math.min(...own.map(({ after }) => after)), Math.max(...own.map(({ before }) => before))];
    return [{ type: 'gap', t, source: `watch:${kind}`, from, to: Math.max(from, to), reason }];
  });
  const early = witnessed.filter(({ endedEarly }) => endedEarly !== undefined);
  const blurred = witnessed.filter(({ unreadable }) => unreadable > 0);
  const unbounded = witnessed.filter(({ from }) => from === undefined);
  const words = [
    `second witness: ${seen} states, ${fromHistory.length === 0 ? 'all of them seen' : `${fromHistory.length} of them not seen: ${listed(fromHistory)}`}`,
    ...(fromWitness.length > 0 ? [`it missed ${fromWitness.length} that the history has: ${listed(fromWitness)}`] : []),
    ...early.map(({ kind, endedEarly }) => `its watch of ${kind}s ended early: ${endedEarly}`),
    ...blurred.map(({ kind, unreadable }) => `${unreadable} lines of its watch of ${kind}s could not be read`),
    ...(unbounded.length > 0
      ? [`since when it watched is not known of ${unbounded.map(({ kind }) => `${kind}s`).join(', ')}`]
      : []),
  ];
  const ok = words.length === 1 && fromHistory.length === 0 && seen > 0;
  return [...gaps, { type: 'action', t, action: 'second-witness', detail: words.join('; '), ok }];
}

const MOST_LISTED = 5;

function listed(states: (WitnessedState & { kind: string })[]): string {
  const some = states
    .slice(0, MOST_LISTED)
    .map(({ kind, verb, name, version }) => `${kind} ${name} ${verb} at ${version}`);
  return [...some, ...(states.length > MOST_LISTED ? [`and ${states.length - MOST_LISTED} more`] : [])].join(', ');
}

/** Lines of `kubectl get --watch --output-watch-events -o json`: one event each. The last may be cut off. */
export function witnessedStates(output: string): Pick<Witnessed, 'states' | 'unreadable'> {
  const lines = output.split('\n');
  const last = lines.pop() ?? '';
  const all = [...lines, ...(stateOf(last) === undefined ? [] : [last])].filter((line) => line.trim() !== '');
  const states = all.map(stateOf).filter((state) => state !== undefined);
  return { states, unreadable: all.length - states.length };
}

function stateOf(line: string): WitnessedState | undefined {
  try {
    const { type, object } = JSON.parse(line) as { type?: string; object?: KubeObject };
    const { uid, name = '', resourceVersion } = object?.metadata ?? {};
    if (type === undefined || uid === undefined || resourceVersion === undefined) return undefined;
    return { verb: type.toLowerCase(), uid, name, version: resourceVersion };
  } catch {
    return undefined;
  }
}
