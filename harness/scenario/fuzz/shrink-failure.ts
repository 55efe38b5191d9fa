import type { ScenarioDefinition } from '../definition.ts';
import type { Outcome } from '../outcome.ts';
import type { Another } from '../stage.ts';
import { failingCheck, stepsUpTo, tellAccount } from './account.ts';
import { sequence } from './drive.ts';
import { sensible } from './model.ts';
import type { FuzzedService } from './service.ts';
import { shrink } from './shrink.ts';
import type { Step } from './steps.ts';

/** A sequence of one seed. */
export interface Fuzzed {
  seed: number;
  /** Of its scenario. */
  name: string;
  steps: Step[];
  service: FuzzedService;
  /** Most runs that it may be shrunk in. */
  most: number;
}

/** One pod may be left with all connections: a sample service takes 100. */
const UNDER = { rate: 30, baselineSeconds: 5 };

export function definitionOf(steps: Step[], service: FuzzedService, verdict: 'pass' | 'any'): ScenarioDefinition {
  const { given, rolled } = service;
  return { given, under: UNDER, when: sequence(steps, rolled), expect: { verdict } };
}

/**
 * Shrinks a sequence that failed, each candidate as a scenario of its own. One fails the same way when the same check
 * does; what nobody can judge has not failed.
 *
 * @returns the account of it, for people; undefined where nothing failed.
 */
export async function shrinkFailure(
  { seed, name, steps, service, most }: Fuzzed,
  { verdict, history }: Outcome,
  another: Another,
): Promise<string | undefined> {
  const failed = failingCheck(verdict);
  if (failed === undefined) return undefined;
  let evidence = name;
  let runs = 0;
  const fails = async (candidate: Step[]) => {
    runs += 1;
    const own = `${name}, shrunk to ${candidate.length}, run ${runs}`;
    const words = `shrinking, run ${runs} of at most ${most}: ${candidate.length} of ${steps.length} steps`;
    const { checks } = await another(own, definitionOf(candidate, service, 'any'), words);
    const same = checks.some((one) => one.name === failed.name && one.verdict === 'fail');
    if (same) evidence = own;
    return same;
  };
  const hints = [stepsUpTo(steps, history, failed.witnesses)];
  const shrunk = await shrink(steps, fails, { most, hints, sensible: (some) => sensible(some, service.from) });
  const failure = `${failed.name}: ${failed.detail}`;
  return tellAccount({ seed, steps, service, failure, shrunk, evidence });
}
