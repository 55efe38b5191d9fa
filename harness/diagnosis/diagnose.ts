import { endOf } from '../history/pod-lives.ts';
import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import { CAUSES, type CauseName, FIXES } from './catalogue.ts';
import { type Context, contextOf } from './context.ts';
import { locate, phaseOf } from './locate.ts';
import { type Drop, RULES } from './rules.ts';

export type Confidence = 'certain' | 'likely' | 'unattributed';

export interface Cause {
  cause: CauseName;
  count: number;
  confidence: Confidence;
  /** Other causes that had a part in the same drops. */
  also: CauseName[];
  fix: string;
  /** Id of the observation that shows it best. */
  example: string;
  /** That one, in words and numbers. */
  evidence: string;
}

/** Gives each drop one primary cause, and counts them: most counted first; the counts sum to the drops. */
export function diagnose(history: ScenarioHistory, dropped: RequestSeen[]): Cause[] {
  const context = contextOf(history);
  const groups = new Map<CauseName, { drops: (Drop & { also: CauseName[] })[] }>();
  for (const request of dropped) {
    const { drop, primary, also } = explain(request, context);
    const group = groups.get(primary) ?? { drops: [] };
    group.drops.push({ ...drop, also });
    groups.set(primary, group);
  }
  return [...groups]
    .map(([cause, { drops }]) => {
      const example = drops.find(({ place }) => place?.sure) ?? drops[0]!;
      return {
        cause,
        count: drops.length,
        confidence: confidence(cause, drops),
        also: CAUSES.filter((one) => drops.some(({ also }) => also.includes(one))),
        fix: FIXES[cause],
        example: example.request.id,
        evidence: tell(example),
      };
    })
    .sort((a, b) => b.count - a.count || CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause));
}

/**
 * The causes of one drop. Where several pods may have been it, a cause is only named if it holds for each of them: then
 * the cause is known, the pod is not.
 */
function explain(request: RequestSeen, context: Context): { drop: Drop; primary: CauseName; also: CauseName[] } {
  const places = locate(request, context);
  const drops = (places.length === 0 ? [undefined] : places).map(
    (place): Drop => ({ request, phase: phaseOf(request), place, context }),
  );
  const found = drops.map((drop) => CAUSES.filter((cause) => cause !== 'unattributed' && RULES[cause](drop)));
  const [first = []] = found;
  const shared = found.every(([primary]) => primary === first[0]) ? first : [];
  const [primary = 'unattributed', ...also] = shared;
  return { drop: drops[0]!, primary, also };
}

/** Certain where most drops' pods are known, not inferred. Causes of the Deployment as a whole need no pod. */
function confidence(cause: CauseName, drops: Drop[]): Confidence {
  if (cause === 'unattributed') return 'unattributed';
  if (cause === 'strategy-recreate' || cause === 'single-replica-unavailable') return 'certain';
  const sure = drops.filter(({ place }) => place?.sure).length;
  return sure * 2 > drops.length ? 'certain' : 'likely';
}

const PHASES = {
  connect: 'no connection came about',
  reused: 'on a reused connection, before any answer',
  request: 'on its own connection, before any answer',
  response: 'in the middle of the answer',
  answer: 'with an answer',
} as const;

/** "kept-post-41-8: POST …; SIGTERM at 12.031 s; …". Times are seconds since the run's epoch. */
function tell({ request, phase, place }: Drop): string {
  const { lane, t, end, status, error } = request;
  const how = status > 0 ? `status ${status}` : error.replace(/^.*: /, '');
  const parts = [`lane ${lane}, sent at ${at(t)}, lost at ${at(end)} ${PHASES[phase]} (${how})`];
  if (place === undefined) parts.push('its pod is not known');
  else {
    const { pod, by } = place;
    parts.push(`pod ${pod.name}, known by ${by}`);
    if (pod.listening !== undefined && pod.listening > t) parts.push(`it listened from ${at(pod.listening)}`);
    if (pod.deleted !== undefined) parts.push(`deleted ${at(pod.deleted)}`);
    if (pod.sigterm !== undefined) parts.push(`SIGTERM ${at(pod.sigterm)}`);
    if (pod.endpointRemoved !== undefined) parts.push(`out of the slice ${at(pod.endpointRemoved)}`);
    const ended = endOf(pod);
    if (ended !== undefined)
      parts.push(`ended ${at(ended)}${pod.exitCode === undefined ? '' : ` with exit code ${pod.exitCode}`}`);
  }
  return parts.join('; ');
}

const at = (t: Nanos) => `${(t / 1e9).toFixed(3)} s`;
