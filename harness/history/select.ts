import { perHistory } from './per-history.ts';
import { between } from './sorted.ts';
import type {
  ActionTaken,
  History,
  LaneName,
  LaneSummary,
  MarkerSet,
  Nanos,
  ObjectSeen,
  Observation,
  RequestSeen,
  ScenarioStarted,
  WatchedKind,
} from './types.ts';

/** The observations of one scenario, sorted by time within their kinds: recorders write side by side. */
export interface ScenarioHistory {
  name: string;
  /** Wall clock of `t` = 0, milliseconds since 1970. */
  epochMs: number;
  started: ScenarioStarted | undefined;
  observations: Observation[];
  requests: RequestSeen[];
  lanes: LaneSummary[];
  markers: MarkerSet[];
  actions: ActionTaken[];
  /** The file was cut off: what is missing is not known. */
  truncated: boolean;
  /** What else is wrong with the file, and may be with this scenario's part of it; without, nothing. */
  damage?: string;
}

/** The same, each observation an object as `JSON.parse` gives it: for whoever wants to spread or to compare one. */
export function inObjects(history: ScenarioHistory): ScenarioHistory {
  const objects = new Map(history.observations.map((one) => [one, JSON.parse(JSON.stringify(one)) as Observation]));
  const all = <T extends Observation>(some: T[]): T[] => some.map((one) => objects.get(one) as T);
  return {
    ...history,
    started: history.started && (objects.get(history.started) as ScenarioStarted),
    observations: [...objects.values()],
    requests: all(history.requests),
    lanes: all(history.lanes),
    markers: all(history.markers),
    actions: all(history.actions),
  };
}

const byType: (history: ScenarioHistory) => Map<Observation['type'], Observation[]> = perHistory(
  (history: ScenarioHistory) =>
    groupedBy(
      history.observations.filter(({ type }) => type !== 'request'),
      ({ type }) => type,
    ),
);

/** As `Map.groupBy`, of a million in half its time: the next one is mostly of the same group. */
function groupedBy<T, K>(all: readonly T[], keyOf: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  let [last, group]: [K?, T[]?] = [];
  for (const one of all) {
    const key = keyOf(one);
    if (group === undefined || key !== last) {
      group = groups.get(key) ?? [];
      groups.set(key, group);
      last = key;
    }
    group.push(one);
  }
  return groups;
}

/** The observations of one type, in the order of the file. Of a million most are requests: see `ScenarioHistory.requests`. */
export const ofType = <T extends Exclude<Observation['type'], 'request'>>(
  history: ScenarioHistory,
  type: T,
): Extract<Observation, { type: T }>[] => (byType(history).get(type) ?? []) as Extract<Observation, { type: T }>[];

const byKind = perHistory((history: ScenarioHistory) => Map.groupBy(ofType(history, 'object'), ({ kind }) => kind));

/** What the watch of one kind told, in the order of the file. */
export const objectsOf = (history: ScenarioHistory, kind: WatchedKind): readonly ObjectSeen[] =>
  byKind(history).get(kind) ?? [];

const byLane = perHistory((history: ScenarioHistory) => groupedBy(history.requests, ({ lane }) => lane));

/** The Service that is called, as it was seen each time. */
export function servicesSeen(history: ScenarioHistory): ObjectSeen[] {
  const { namespace, service } = history.started?.workload ?? {};
  return objectsOf(history, 'Service').filter((one) => one.namespace === namespace && one.name === service);
}

/** The requests of one lane, ascending by start. */
export const requestsIn = (history: ScenarioHistory, lane: LaneName): readonly RequestSeen[] =>
  byLane(history).get(lane) ?? [];

/** Observations by their ids. Ids count on (see `history/codec.ts`): most are where their number says. */
export function byId(history: ScenarioHistory): (id: string) => Observation | undefined {
  const { observations } = history;
  return (id) => {
    const number = Number(id.slice(id.lastIndexOf('-') + 1));
    const there = [observations[number - 1], observations[number]].find((one) => one?.id === id);
    return there ?? allIds(history).get(id);
  };
}

const allIds = perHistory((history: ScenarioHistory) => new Map(history.observations.map((one) => [one.id, one])));

/** Splits a run's history by scenario, in the order in which they began. */
export function scenariosOf(history: History): ScenarioHistory[] {
  const { header, observations, truncated } = history;
  const names = new Set<string>();
  for (const { scenario } of observations) names.add(scenario);
  // Most are of one scenario: that one's are not all of them once more.
  const byName = names.size === 1 ? undefined : groupedBy(observations, ({ scenario }) => scenario);
  return [...names].map((name, index) => {
    const own = byName?.get(name) ?? observations;
    const types = groupedBy(own, ({ type }) => type);
    const of = <T extends Observation['type']>(type: T) =>
      ascending((types.get(type) ?? []) as Extract<Observation, { type: T }>[]);
    return {
      name,
      epochMs: Date.parse(header.epoch),
      started: of('scenario')[0],
      observations: own,
      requests: of('request'),
      lanes: of('lane'),
      markers: of('marker'),
      actions: of('action'),
      // A file that ends in mid-line lost the end of its last scenario only.
      truncated: truncated && index === names.size - 1,
      ...damageTo(name, history),
    };
  });
}

/** Sorts by time, where it is not in order already. */
function ascending<T extends Observation>(list: T[]): T[] {
  const sorted = list.every(({ t }, index) => index === 0 || list[index - 1]!.t <= t);
  return sorted ? list : list.sort((a, b) => a.t - b.t);
}

function damageTo(name: string, { damaged = [], altered }: History): Pick<ScenarioHistory, 'damage'> {
  if (altered !== undefined) return { damage: altered };
  const own = damaged.filter(({ beside }) => beside.includes(name));
  if (own.length === 0) return {};
  const named = own.slice(0, MOST_NAMED).map(({ line }) => line);
  const more = own.length > named.length ? `, and ${own.length - named.length} more` : '';
  return {
    damage: `the history is damaged, lines are lost: at line ${named.join(', ')}${more}`,
  };
}

/** Lines. */
const MOST_NAMED = 5;

/** A span that is judged: of a whole scenario, [first trigger, tail-end). */
export interface Judged {
  from: Nanos;
  to: Nanos;
}

export function markerAt(history: ScenarioHistory, marker: MarkerSet['marker']): Nanos | undefined {
  return history.markers.find((one) => one.marker === marker)?.t;
}

/** Undefined where the transition never began. A run that was cut short is judged up to its last observation. */
export function judgedSpan(history: ScenarioHistory): Judged | undefined {
  const from = markerAt(history, 'trigger');
  if (from === undefined) return undefined;
  const to = markerAt(history, 'tail-end') ?? Math.max(from, ...history.observations.slice(-1000).map(({ t }) => t));
  return { from, to };
}

/** One of a scenario's transitions: [its trigger, the next one's), the last one to the end of the tail. */
export interface TransitionSpan extends Judged {
  kind: string;
  /** Of a transition between Deployments: the one that it leads to. */
  leadsTo?: string;
  /** What has to hold of all pods behind the Service together, where the trigger says it. */
  limits?: { floor: number; ceiling: number };
  /** How many pods it deletes itself, where the trigger says so. */
  deletes?: number;
}

/** Every trigger opens a transition, also where the one before it has not come to its end. */
export function transitionsOf(history: ScenarioHistory): TransitionSpan[] {
  const span = judgedSpan(history);
  if (span === undefined) return [];
  const triggers = history.markers.filter(({ marker, t }) => marker === 'trigger' && within(span, t));
  return triggers.map(({ t, transition, to, limits, deletes }, index) => ({
    kind: transition ?? 'unknown',
    ...(to === undefined ? {} : { leadsTo: to }),
    ...(limits === undefined ? {} : { limits }),
    ...(deletes === undefined ? {} : { deletes }),
    from: t,
    to: triggers[index + 1]?.t ?? span.to,
  }));
}

export const within = ({ from, to }: Judged, t: Nanos): boolean => t >= from && t < to;

/**
 * The requests that are judged, of every lane but control: those that started in the span, and those that were in
 * flight when it began. An answer that takes seconds, such as a stream, is cut by a transition that began after it.
 */
export const judgedRequests: (history: ScenarioHistory) => readonly RequestSeen[] = perHistory(
  (history: ScenarioHistory) => {
    const span = judgedSpan(history);
    if (span === undefined) return [];
    return history.requests.filter(({ lane, t, end }) => lane !== 'control' && t < span.to && end >= span.from);
  },
);

const judgedByLane = perHistory((history: ScenarioHistory) => groupedBy(judgedRequests(history), ({ lane }) => lane));

/** The judged requests of one lane. */
export const judgedIn = (history: ScenarioHistory, lane: LaneName): readonly RequestSeen[] =>
  judgedByLane(history).get(lane) ?? [];

/**
 * The baseline, of every lane but control: what was answered between load-ready and the trigger, or until now. Of a lane
 * whose answers take longer than that, it is what was answered before; a lane has one answer at least when the load is
 * ready.
 */
export function baselineRequests(history: ScenarioHistory): RequestSeen[] {
  const [ready, trigger] = [markerAt(history, 'load-ready'), markerAt(history, 'trigger') ?? Number.POSITIVE_INFINITY];
  if (ready === undefined) return [];
  const before = between(history.requests, Number.NEGATIVE_INFINITY, trigger).filter(
    ({ lane, end }) => lane !== 'control' && end < trigger,
  );
  const lanes = new Set(before.filter(({ end }) => end >= ready).map(({ lane }) => lane));
  return before.filter(({ lane, end }) => end >= ready || !lanes.has(lane));
}
