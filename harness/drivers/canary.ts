import { type Analysis, analysed } from './canary-analysis.ts';
import { ended, NotReady, pass, type Step, shift, sizes, told } from './canary-shift.ts';
import type { Ending, StartedWorkload, Transition } from './workload.ts';

export interface CanarySettings {
  /** The canary's Deployment: behind the same Service as the workload's own, which is stable. */
  deployment: string;
  /** One after the other; after the last one, [0, n], stable has nothing left. */
  steps: Step[];
  /** Longest, in seconds, that the canary's pods may take in a step to be ready endpoints; then it is given up. Default 120. */
  readyWithin?: number;
  /** Fewest seconds for which each step but the last is held. Default 0. */
  hold?: number;
  /** What each step but the last is judged by before the next one; none where it is left out. */
  analysis?: Analysis;
  /** Number of the step after which it is given up, whatever the analysis says: 1 for the first. */
  abortAfter?: number;
}

/**
 * A canary, shifted step by step: the canary's pods come first, and once they are ready endpoints as many of stable go.
 * Each step is held until the analysis has its requests; what it finds worse, and what does not get ready, is aborted: back
 * to stable alone.
 *
 * @throws RangeError where a step can't be driven.
 */
export function canary(settings: CanarySettings): Transition {
  const { deployment, steps } = settings;
  check(settings);
  return {
    kind: 'canary',
    detail: `canary ${deployment}: ${steps.map((step) => step.join(' + ')).join(', ')}`,
    facts: ({ deployment: stable, now }) => ({
      to: deployment,
      limits: limitsOf([sizes(now(), [stable, deployment]), ...steps]),
    }),
    async drive(workload) {
      const initial = sizes(workload.now(), [workload.deployment, deployment]);
      for (const index of steps.keys()) {
        const why = await taken(workload, settings, index);
        if (why !== undefined) return abort(workload, deployment, initial, why);
      }
      return ended(workload.deployment, deployment, steps.at(-1)!);
    },
  };
}

/** @returns why it is to be given up */
async function taken(workload: StartedWorkload, settings: CanarySettings, index: number): Promise<string | undefined> {
  const { deployment, steps, readyWithin = 120 } = settings;
  try {
    await shift(workload, deployment, steps[index]!, readyWithin * 1000);
  } catch (error) {
    if (error instanceof NotReady) return error.message;
    throw error;
  }
  return index === steps.length - 1 ? undefined : held(workload, settings, index);
}

async function held(workload: StartedWorkload, settings: CanarySettings, index: number): Promise<string | undefined> {
  const { deployment, hold = 0, analysis, abortAfter } = settings;
  const since = performance.now();
  const step = settings.steps[index]!;
  const reasons = analysis === undefined ? [] : await analysed(workload, { deployment, step, analysis });
  if (reasons.length > 0) return reasons.join(', and ');
  await pass(workload, `${hold} s to pass`, hold * 1000 - (performance.now() - since));
  return abortAfter === index + 1 ? 'as it was told' : undefined;
}

/** A transition of its own, which leads back to stable. */
async function abort(workload: StartedWorkload, canary: string, initial: Step, why: string): Promise<Ending> {
  const { deployment: stable } = workload;
  const back: Step = [initial[0] + initial[1], 0];
  const detail = `back to ${told(back)}: ${why}`;
  const limits = limitsOf([sizes(workload.now(), [stable, canary]), back]);
  workload.trigger({ kind: 'canary-abort', detail, to: stable, limits });
  await shift(workload, canary, back);
  return ended(stable, canary, back);
}

/** Fewest that have to be available, most that may be wanted, on the way through these sizes. */
function limitsOf(sizes: Step[]): { floor: number; ceiling: number } {
  const peaks = sizes.map(([stable, canary], i) => {
    const [stableBefore, canaryBefore] = sizes[i - 1] ?? [stable, canary];
    return Math.max(stable, stableBefore) + Math.max(canary, canaryBefore);
  });
  return { floor: Math.min(...sizes.map(([stable, canary]) => stable + canary)), ceiling: Math.max(...peaks) };
}

function check({ steps, abortAfter }: CanarySettings): void {
  for (const step of steps)
    if (step.some((count) => !Number.isInteger(count) || count < 0))
      throw new RangeError(`canary: a step is two whole numbers of pods, not [${step.join(', ')}]`);
  const last = steps.at(-1);
  if (last === undefined || last[0] !== 0 || last[1] === 0)
    throw new RangeError('canary: the last step has to be [0, n]: stable has nothing left, the canary has all');
  const idle = steps.find(([, canary]) => canary === 0);
  if (idle !== undefined) throw new RangeError(`canary: [${idle.join(', ')}] is no step: nobody is sent to the canary`);
  if (abortAfter !== undefined && !(abortAfter >= 1 && abortAfter < steps.length))
    throw new RangeError(`canary: abortAfter is ${abortAfter}; 1 to ${steps.length - 1} are the steps before the last`);
}
