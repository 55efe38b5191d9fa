import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos, RequestSeen } from '../history/types.ts';
import { CAUSES, type CauseName, type Fix, fixOf } from './catalogue.ts';
import { type Confidence, confidenceIn } from './confidence.ts';
import { contextOf, killed } from './context.ts';
import { type Drop, placeDrops } from './drop.ts';
import { RULES } from './rules/index.ts';
import { tell } from './tell.ts';

export interface Cause {
  cause: CauseName;
  count: number;
  /** `certain` where it is for most of its drops. */
  confidence: Confidence;
  /** How many of the drops it explains for certain. */
  certain: number;
  /** Other causes that had a part in the same drops. */
  also: CauseName[];
  fix: Fix | undefined;
  /** Id of the observation that shows it best. */
  example: string;
  /** That one, in words and numbers. */
  evidence: string;
}

/** One drop explained. */
export interface Explained {
  drop: Drop;
  cause: CauseName;
  confidence: Confidence;
  also: CauseName[];
}

/** Gives each drop one primary cause, and counts them: most counted first; the counts sum to the drops. */
export function diagnose(history: ScenarioHistory, dropped: RequestSeen[]): Cause[] {
  const explained = explain(history, dropped);
  const groups = Map.groupBy(explained, ({ cause }) => cause);
  return [...groups]
    .map(([cause, all]) => {
      const certain = all.filter(({ confidence }) => confidence === 'certain');
      const { drop: example } = certain[0] ?? all.find(({ drop }) => drop.place?.sure) ?? all[0]!;
      return {
        cause,
        count: all.length,
        confidence:
          certain.length * 2 > all.length
            ? 'certain'
            : all[0]!.confidence === 'unattributed'
              ? 'unattributed'
              : ('likely' as Confidence),
        certain: certain.length,
        also: CAUSES.filter((one) => all.some(({ also }) => also.includes(one))),
        fix: fixOf(cause, example.context),
        example: example.request.id,
        evidence: tell(example),
      };
    })
    .sort((a, b) => b.count - a.count || CAUSES.indexOf(a.cause) - CAUSES.indexOf(b.cause));
}

/**
 * The cause of each drop. Where several pods may have been it, a cause is only named if it holds for each of them: then
 * the cause is known, the pod is not.
 */
export function explain(history: ScenarioHistory, dropped: RequestSeen[]): Explained[] {
  if (dropped.length === 0) return [];
  return placeDrops(dropped, contextOf(history, dropped)).map((drops) => {
    const found = drops.map((drop) =>
      ranked(
        CAUSES.filter((cause) => cause !== 'unattributed' && RULES[cause](drop)),
        drop,
      ),
    );
    const [first = []] = found;
    const shared = found.every(([primary]) => primary === first[0]) ? first : [];
    const [cause = 'unattributed', ...also] = shared;
    return { drop: drops[0]!, cause, confidence: confidenceIn(cause, drops[0]!), also };
  });
}

/**
 * A switch of the selector leaves kept connections with blue, and nothing tells their clients. Whoever removes blue right
 * after it has waited for nobody: what is lost on them is lost to the haste first, however badly blue ends. Unless it was
 * killed: then it had all of its grace.
 */
function ranked(causes: CauseName[], { phase, place, context }: Drop): CauseName[] {
  if (phase !== 'reused' || !causes.includes('blue-removed-too-soon')) return causes;
  const deleted = place?.pod.deleted ?? Number.POSITIVE_INFINITY;
  const hasty = context.service.switches.some(({ t }) => deleted >= t && deleted - t < HASTE);
  if (!hasty || (place !== undefined && killed(place.pod))) return causes;
  return ['blue-removed-too-soon', ...causes.filter((one) => one !== 'blue-removed-too-soon')];
}

/** Proxies alone may take some seconds to follow. */
const HASTE: Nanos = 5e9;
