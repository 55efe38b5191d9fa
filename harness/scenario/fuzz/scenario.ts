import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { explained } from '../../report/unexpected.ts';
import type { ScenarioDefinition } from '../definition.ts';
import type { Outcome } from '../outcome.ts';
import { type Another, runContext, stage } from '../stage.ts';
import { failingCheck, stepsUpTo, tellAccount } from './account.ts';
import { sequence } from './drive.ts';
import { generate } from './generate.ts';
import { sensible } from './model.ts';
import { type FuzzedService, fuzzedService } from './service.ts';
import { ACCOUNT_FILE, type FuzzSettings, nameFor } from './settings.ts';
import { shrink } from './shrink.ts';
import type { Step } from './steps.ts';

/** Of one sequence, and of each run that shrinks it: far above any that works, so that a hang ends in words. */
const LIMIT_MINUTES = 15;
const LIMIT_EACH_MINUTES = 6;

/** One pod may be left with all connections: a sample service takes 100. */
const UNDER = { rate: 30, baselineSeconds: 5 };

interface Fuzzed {
  seed: number;
  name: string;
  steps: Step[];
  service: FuzzedService;
  most: number;
}

/** Declares a scenario for each seed: random steps, which a correct service takes without a violation. */
export function fuzzScenarios({ seeds, steps, service: folder, most }: FuzzSettings): void {
  const service = fuzzedService(folder);
  const timeout = (LIMIT_MINUTES + most * LIMIT_EACH_MINUTES) * 60_000;
  for (const seed of seeds) {
    const name = nameFor(seed, steps);
    const fuzzed: Fuzzed = { seed, name, steps: generate(seed, steps, service.from), service, most };
    test(name, { timeout }, async () => {
      const definition = definitionOf(fuzzed.steps, service, 'pass');
      const { verdict, conclude } = await stage(name, definition, (outcome, another) =>
        shrunk(fuzzed, outcome, another),
      );
      conclude(verdict);
      if (!verdict.asExpected) throw new Error(explained(verdict));
    });
  }
}

function definitionOf(steps: Step[], { given, rolled }: FuzzedService, verdict: 'pass' | 'any'): ScenarioDefinition {
  return { given, under: UNDER, when: sequence(steps, rolled), expect: { verdict } };
}

/** A sequence that failed is shrunk in the same cluster, each candidate as a scenario in a namespace of its own. */
async function shrunk({ seed, name, steps, service, most }: Fuzzed, outcome: Outcome, another: Another): Promise<void> {
  const failed = failingCheck(outcome.verdict);
  if (failed === undefined) return;
  let evidence = name;
  let runs = 0;
  const result = await shrink(
    steps,
    async (candidate) => {
      runs += 1;
      const length = `${candidate.length} of ${steps.length} steps`;
      const own = `${name}, shrunk to ${candidate.length}, run ${runs}`;
      const definition = definitionOf(candidate, service, 'any');
      const verdict = await another(own, definition, `shrinking, run ${runs} of at most ${most}: ${length}`);
      const same = verdict.checks.some((one) => one.name === failed.name && one.verdict === 'fail');
      if (same) evidence = own;
      return same;
    },
    {
      most,
      hints: [stepsUpTo(steps, outcome.history, failed.witnesses)],
      sensible: (some) => sensible(some, service.from),
    },
  );
  const failure = `${failed.name}: ${failed.detail}`;
  const text = tellAccount({ seed, steps, service, failure, shrunk: result, evidence });
  appendFileSync(join(runContext()!.folder, ACCOUNT_FILE), `${text}\n`);
}
