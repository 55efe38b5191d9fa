// biome-ignore lint/style/noRestrictedImports: what decides live is the pure function that judges the saved history
import { type CanaryAnalysis, type Criteria, judgeCanary } from '../checks/canary/judge.ts';
import { pass, type Step, told } from './canary-shift.ts';
import type { StartedWorkload, WorkloadView } from './workload.ts';

export interface Analysis extends Partial<Omit<Criteria, 'requests'>> {
  /**
   * How many requests of lane new the canary is to have been given. How many both are to have then follows from the step:
   * of 9 + 1, ten times as many. Default 150: a canary that fails one answer in ten gets by 9 + 1 once in 16,000 times.
   */
  canaryRequests?: number;
}

/** Longest that an analysis waits for its requests. */
const ANALYSIS_BUDGET_MS = 300_000;
/** By then the record of a request that has ended is here; and no two clocks of the load and of us are so far apart. */
const RECORDS_COME_MS = 500;

const DEFAULTS = { canaryRequests: 150, significance: 0.001, slowerMs: 10 } satisfies Analysis;

/**
 * Waits until a step has its requests, judges them, and keeps what came out as the output of an action.
 *
 * @returns why the canary is not to be promoted: nothing, where it is
 */
export async function analysed(
  workload: StartedWorkload,
  { deployment, step, analysis }: { deployment: string; step: Step; analysis: Analysis },
): Promise<string[]> {
  const { canaryRequests, ...rest } = { ...DEFAULTS, ...analysis };
  const [stable, fresh] = step;
  const criteria = { ...rest, requests: Math.ceil((canaryRequests * (stable + fresh)) / fresh) };
  let reasons: (keyof typeof WORDS)[] = [];
  await workload.act('canary-analysis', `${told(step)}: ${criteria.requests} requests`, async () => {
    const from = workload.clock();
    const deadline = performance.now() + ANALYSIS_BUDGET_MS;
    const enough = ({ requests }: WorkloadView) =>
      performance.now() > deadline || hasSince(requests, from, criteria.requests);
    await workload.until(`${criteria.requests} requests of lane new`, 2 * ANALYSIS_BUDGET_MS, enough);
    await pass(workload, 'their records', 2 * RECORDS_COME_MS);
    const to = workload.clock() - RECORDS_COME_MS * 1e6;
    const judgement = judgeCanary(
      { ...workload.now(), stable: workload.deployment, canary: deployment, from, to },
      criteria,
    );
    reasons = judgement.reasons;
    return JSON.stringify({ step, from, to, criteria, ...judgement } satisfies CanaryAnalysis);
  });
  return reasons.map((reason) => WORDS[reason]);
}

const WORDS = {
  errors: 'more of its answers are errors than of stable',
  latency: 'its answers take longer than those of stable',
  evidence: 'too few requests say anything about it',
} as const;

/** From its end: the list is that of the whole run, in the order in which they ended. */
function hasSince(requests: WorkloadView['requests'], from: number, count: number): boolean {
  let found = 0;
  for (let i = requests.length - 1; i >= 0 && requests[i]!.end > from && found < count; i--)
    if (requests[i]!.lane === 'new' && requests[i]!.t >= from) found += 1;
  return found >= count;
}
