import type { FlowSeen, LoadPlan, Nanos, Observation, RequestSeen } from '../types.ts';

/**
 * Takes out most of the requests that ended before the trigger, with what pods and nodes saw of them. Kept are those that
 * say something beyond their number: failed ones; the slowest, and the first answer of each pod; the last on each
 * connection; what began about when a judged request did; and so many more that each lane's median and p99, from which
 * its stalls are told, stay what they were.
 */
export function thinBaseline(observations: Observation[]): Observation[] {
  const trigger = observations.find((one) => one.type === 'marker' && one.marker === 'trigger')?.t;
  const plan = observations.find((one) => one.type === 'scenario')?.load;
  if (trigger === undefined || plan === undefined) return observations;
  const requests = observations.filter((one) => one.type === 'request').sort((a, b) => a.t - b.t);
  const before = requests.filter(({ end }) => end < trigger);
  if (before.length === 0) return observations;
  const judged = requests.filter(({ end }) => end >= trigger);
  const telling = new Set([
    ...before.filter((one) => !isGood(one, plan)),
    before.reduce((most, one) => (durationOf(one) > durationOf(most) ? one : most)),
    ...[...Map.groupBy(before, ({ pod }) => pod).values()].map(firstAnswer),
    ...[...Map.groupBy(before, userOf).values()].map((own) => own.at(-1)!),
    ...nearTo(before, judged),
  ]);
  const lanes = Map.groupBy(before, ({ lane }) => lane);
  const sampled = new Set([...lanes.values()].flatMap((own) => sampleWith(own, telling)));
  const gone = new Set(before.filter((one) => !sampled.has(one)));
  const goneIds = new Set([...gone].map(({ request }) => request));
  const flows = flowsOf(
    requests.filter((one) => !gone.has(one)),
    trigger,
  );
  const kept = observations.filter((one) => {
    if (one.type === 'request') return !gone.has(one);
    if (one.type === 'server') return one.event !== 'handled' || !goneIds.has(one.request ?? '');
    return one.type !== 'flow' || flows(one);
  });
  const fewer = Map.groupBy(gone, ({ lane }) => lane);
  return kept.map((one) =>
    one.type === 'lane' ? { ...one, sent: one.sent - (fewer.get(one.lane)?.length ?? 0) } : one,
  );
}

const durationOf = ({ t, end }: RequestSeen): Nanos => end - t;

const isGood = ({ status, errorCode }: RequestSeen, { good }: LoadPlan) =>
  (errorCode === 0 || (errorCode >= 1400 && errorCode < 1600)) &&
  good.some(([from, to]) => status >= from && status <= to);

/** k6's VU, by the request's id: it has one connection at a time. */
const userOf = ({ request }: RequestSeen): string => request.replace(/-\d+$/, '');

const firstAnswer = (own: RequestSeen[]) => own.reduce((first, one) => (one.end < first.end ? one : first));

/**
 * Those that are needed and others of all durations: half of them up to the median of all, and 99 of 100 up to their p99.
 * Exact by nearest rank, as stalls are told.
 */
function sampleWith(own: RequestSeen[], needed: Set<RequestSeen>): RequestSeen[] {
  const sorted = own.toSorted((a, b) => durationOf(a) - durationOf(b));
  const [median, p99] = [0.5, 0.99].map((q) => Math.ceil(q * sorted.length) - 1) as [number, number];
  const below = sorted.slice(0, median);
  const between = sorted.slice(median + 1, p99);
  const above = sorted.slice(p99 + 1);
  const countIn = (part: RequestSeen[]) => part.filter((one) => needed.has(one)).length;
  const least = Math.max(2 * (countIn(below) + 1), (countIn(between) + 1) / 0.49, 100 * countIn(above));
  const hundreds = Math.max(1, Math.ceil(least / 100));
  if (hundreds * 100 >= sorted.length) return own;
  return [
    ...fill(below, needed, 50 * hundreds - 1),
    sorted[median]!,
    ...fill(between, needed, 49 * hundreds - 1),
    sorted[p99]!,
    ...fill(above, needed, hundreds),
  ];
}

/** So many of them: the needed ones, and others at even distances. */
function fill(part: RequestSeen[], needed: Set<RequestSeen>, size: number): RequestSeen[] {
  const others = part.filter((one) => !needed.has(one));
  const room = size - (part.length - others.length);
  const spread = Array.from({ length: room }, (_, i) => others[Math.floor((i * others.length) / room)]!);
  return [...part.filter((one) => needed.has(one)), ...spread];
}

/** Ten times as near as connection tracking may mistake one request's connection for another's. */
const NEAR: Nanos = 150e6;

function nearTo(before: RequestSeen[], judged: RequestSeen[]): RequestSeen[] {
  return before.filter(({ t }) => judged.some((one) => Math.abs(one.t - t) < NEAR));
}

/** Connections of requests that are kept: opened as one began, or of its local port. All since shortly before the trigger. */
function flowsOf(kept: RequestSeen[], trigger: Nanos): (flow: FlowSeen) => boolean {
  const ports = new Set(kept.map(({ localPort }) => localPort));
  const starts = kept.map(({ t }) => t).filter((t) => t < trigger);
  return ({ t, clientPort }) =>
    t >= trigger - NEAR || ports.has(clientPort) || starts.some((start) => Math.abs(start - t) < NEAR / 10);
}
