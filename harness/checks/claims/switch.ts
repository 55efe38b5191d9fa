import { podLives } from '../../history/pod-lives.ts';
import { judgedSpan, objectsOf, type ScenarioHistory, within } from '../../history/select.ts';
import type { LaneName, LanePlan, Nanos, RequestSeen } from '../../history/types.ts';
import { define } from './measure.ts';

/** One change of the Service's selector. */
interface Switch {
  /** Of the observation that showed it. */
  id: string;
  t: Nanos;
  /** The next change, or the end of what is judged. */
  until: Nanos;
  /** Names of the pods that only the selector before asked for, and of those that only this one asks for. */
  left: Set<string>;
  chosen: Set<string>;
}

interface Args {
  /** Milliseconds after the Service's change: what starts later has to be answered by the pods that are asked for now. */
  ms: number;
  /** Default: all but control. */
  lanes?: LaneName[];
  /** Which of several switches, from 0. Default: the first. */
  nth?: number;
}

/**
 * A Service's selector is switched, and from `ms` after that on no request that starts is answered by a pod that the
 * switch has left. Of a kept lane what goes over a connection that had carried a request before; of the others what goes
 * over one of its own. Not known where a lane was answered by neither side.
 */
export const switchesWithin = define<Args>('switches-within', (history, { ms, lanes, nth = 0 }) => {
  const one = switchesOf(history)[nth];
  if (one === undefined)
    return { holds: undefined, figures: "the Service's selector was not seen to change", examined: 0, witnesses: [] };
  const plans = history.started?.load.lanes ?? [];
  const asked = plans.filter(({ name }) => name !== 'control' && (lanes === undefined || lanes.includes(name)));
  const sides = asked.map((plan) => sidesOf(history.requests, plan, one));
  const late = sides.flatMap(({ left }) => left.filter(({ t }) => t > one.t + ms * 1e6));
  const silent = sides.some(({ left, chosen }) => left.length + chosen.length === 0);
  return {
    holds: late.length > 0 ? false : silent ? undefined : true,
    figures: sides.map((side) => tell(side, one)).join('; '),
    examined: sides.reduce((sum, { left, chosen }) => sum + left.length + chosen.length, 0),
    witnesses: [one.id, ...late.map(({ id }) => id)],
  };
});

interface Sides {
  lane: LaneName;
  /** Requests that started after the switch, by the side that answered them. */
  left: RequestSeen[];
  chosen: RequestSeen[];
}

function sidesOf(requests: RequestSeen[], { name, connection }: LanePlan, { t, until, left, chosen }: Switch): Sides {
  const own = requests.filter(
    (one) => one.lane === name && one.reused === (connection === 'reused') && within({ from: t, to: until }, one.t),
  );
  return {
    lane: name,
    left: own.filter(({ pod }) => left.has(pod)),
    chosen: own.filter(({ pod }) => chosen.has(pod)),
  };
}

/** "new: first answer by the new side 87 ms after the switch, last by the old one 312 ms after it (13 of 402)". */
function tell({ lane, left, chosen }: Sides, { t }: Switch): string {
  const after = (end: Nanos) => `${((end - t) / 1e6).toFixed(0)} ms`;
  const first = chosen.length === 0 ? 'none' : after(Math.min(...chosen.map(({ end }) => end)));
  const last = left.length === 0 ? 'none' : after(Math.max(...left.map(({ end }) => end)));
  const share = `${left.length} of ${left.length + chosen.length}`;
  return `${lane}: first answer by the new side ${first} after the switch, last by the old one ${last} (${share})`;
}

/** In the judged span. */
function switchesOf(history: ScenarioHistory): Switch[] {
  const span = judgedSpan(history);
  const { namespace, service } = history.started?.workload ?? {};
  if (span === undefined) return [];
  const pods = podLives(history);
  const asksFor = (selector: Record<string, string>) =>
    new Set(
      pods
        .filter(({ labels }) => Object.entries(selector).every(([label, value]) => labels[label] === value))
        .map(({ name }) => name),
    );
  const switches: Switch[] = [];
  let before: Record<string, string> | undefined;
  for (const one of objectsOf(history, 'Service')) {
    if (one.namespace !== namespace || one.name !== service) continue;
    const { selector = {} } = (one.object.spec ?? {}) as { selector?: Record<string, string> };
    if (before !== undefined && differ(before, selector) && within(span, one.t)) {
      const [old, now] = [asksFor(before), asksFor(selector)];
      if (switches.length > 0) switches.at(-1)!.until = one.t;
      switches.push({
        id: one.id,
        t: one.t,
        until: span.to,
        left: without(old, now),
        chosen: without(now, old),
      });
    }
    before = selector;
  }
  return switches;
}

const without = (all: Set<string>, some: Set<string>) => new Set([...all].filter((one) => !some.has(one)));

const differ = (a: Record<string, string>, b: Record<string, string>): boolean =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].some((label) => a[label] !== b[label]);
