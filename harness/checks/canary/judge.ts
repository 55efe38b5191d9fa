import type { Nanos, RequestSeen } from '../../history/types.ts';
import { durationMs, quantile } from '../good.ts';
import { binomialInterval, fisher, type Interval, mannWhitney, type RankTest, type Rate, TESTS } from './tests.ts';

/** `spec.replicas` of both Deployments. */
export type Step = [stable: number, canary: number];

/** What a canary is judged by. Plain data: it is kept with the judgement. */
export interface Criteria {
  /** Fewest requests of lane new, of both versions together. Fixed before anything is seen: there is one look, at the end. */
  requests: number;
  /** p-value below which a difference is no chance. Each of the two tests aborts this share of all sound canaries. */
  significance: number;
  /** A canary whose 95th percentile is above stable's by less is let pass, however sure that is. Milliseconds. */
  slowerMs: number;
}

/** The requests of a span, and whose they are. */
export interface CanaryEvidence {
  /** Names of the Deployments. */
  stable: string;
  canary: string;
  /** What is judged began and ended in here. */
  from: Nanos;
  to: Nanos;
  requests: readonly RequestSeen[];
  deploymentOf(pod: string): string | undefined;
  isGood(request: RequestSeen): boolean;
}

export interface Judgement {
  promote: boolean;
  /** False where it was not promoted for want of evidence alone. */
  enough: boolean;
  /** Why it is not promoted. */
  reasons: ('evidence' | 'errors' | 'latency')[];
  split: { canary: number; of: number; interval: Interval };
  errors: { canary: Rate; stable: Rate; unnamed: number; p: number };
  latency: RankTest & { canaryP95Ms: number; stableP95Ms: number };
  /** For people, a line each. */
  figures: string[];
}

/** What an action "canary-analysis" has as its output, in JSON: what was judged, by what, and what came out. */
export interface CanaryAnalysis extends Judgement {
  step: Step;
  from: Nanos;
  to: Nanos;
  criteria: Criteria;
}

/**
 * Judges a canary by the requests of lane new, each of which is a choice of its own among the ready pods: whether more of
 * the canary's fail, and whether its good answers take longer. A failure of which nobody knows the pod counts as the
 * canary's: it is what is new, and what can't be told apart must not speak for it.
 *
 * Pure, and used twice: live, to promote or to abort, and on the saved history.
 */
export function judgeCanary(evidence: CanaryEvidence, criteria: Criteria): Judgement {
  const { canary, stable, unnamed } = sides(evidence);
  const of = canary.length + stable.length + unnamed;
  const bad = (all: RequestSeen[]) => all.filter((request) => !evidence.isGood(request)).length;
  const errors = {
    canary: { bad: bad(canary) + unnamed, of: canary.length + unnamed },
    stable: { bad: bad(stable), of: stable.length },
    unnamed,
  };
  const p = fisher(errors.canary, errors.stable);
  const [slow, quick] = [goodMs(canary, evidence), goodMs(stable, evidence)];
  const latency = {
    ...mannWhitney(slow, quick),
    canaryP95Ms: quantile(slow, 0.95) ?? 0,
    stableP95Ms: quantile(quick, 0.95) ?? 0,
  };
  const enough = of >= criteria.requests && canary.length > 0 && stable.length > 0;
  const slower = latency.p < criteria.significance && latency.canaryP95Ms - latency.stableP95Ms >= criteria.slowerMs;
  const reasons: Judgement['reasons'] = [
    ...(p < criteria.significance ? (['errors'] as const) : []),
    ...(slower ? (['latency'] as const) : []),
    ...(enough ? [] : (['evidence'] as const)),
  ];
  const judgement = {
    promote: reasons.length === 0,
    enough,
    reasons,
    split: { canary: canary.length, of, interval: binomialInterval(canary.length, of, 0.95) },
    errors: { ...errors, p },
    latency,
  };
  return { ...judgement, figures: figures(judgement) };
}

/** Whose a request of lane new is; of failures without a pod, only how many. */
function sides({ requests, from, to, canary, stable, deploymentOf, isGood }: CanaryEvidence) {
  const inside = requests.filter(({ lane, t, end }) => lane === 'new' && t >= from && end <= to);
  const of = (name: string) => inside.filter(({ pod }) => deploymentOf(pod) === name);
  const unnamed = inside.filter((request) => deploymentOf(request.pod) === undefined && !isGood(request)).length;
  return { canary: of(canary), stable: of(stable), unnamed };
}

const goodMs = (all: RequestSeen[], { isGood }: CanaryEvidence) =>
  all
    .filter(isGood)
    .map(durationMs)
    .sort((a, b) => a - b);

function figures({ split, errors, latency }: Omit<Judgement, 'figures'>): string[] {
  const { canary, stable, unnamed } = errors;
  const without = unnamed > 0 ? `, ${unnamed} of them by a pod that nobody knows` : '';
  return [
    `split of lane new: canary ${split.canary} of ${split.of}, 95% within ${percents(split.interval)} (${TESTS.interval})`,
    `errors: canary ${canary.bad} of ${canary.of}${without}, stable ${stable.bad} of ${stable.of}: p = ${pValue(errors.p)} (${TESTS.errors})`,
    `latency: 95th percentile of canary ${latency.canaryP95Ms.toFixed(1)} ms, of stable ${latency.stableP95Ms.toFixed(1)} ms; the canary is the slower one in ${percent(latency.effect)} of pairs: p = ${pValue(latency.p)} (${TESTS.latency})`,
  ];
}

export const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
export const percents = ({ low, high }: Interval): string => `${percent(low)}–${percent(high)}`;
export const pValue = (p: number): string => (p >= 0.001 ? p.toFixed(3) : p.toExponential(1));
