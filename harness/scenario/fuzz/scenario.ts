import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { explained } from '../../report/unexpected.ts';
import { runContext, stage } from '../stage.ts';
import { generate } from './generate.ts';
import { fuzzedService } from './service.ts';
import { ACCOUNT_FILE, type FuzzSettings, nameFor } from './settings.ts';
import { definitionOf, shrinkFailure } from './shrink-failure.ts';

/** Of one sequence, and of each run that shrinks it: far above any that works, so that a hang ends in words. */
const LIMIT_MINUTES = 15;
const LIMIT_EACH_MINUTES = 6;

/**
 * Declares a scenario for each seed: random steps, which a correct service takes without a violation. One that fails is
 * shrunk in the same cluster, and the account of it is in the run folder.
 */
export function fuzzScenarios({ seeds, steps: length, service: folder, most }: FuzzSettings): void {
  const service = fuzzedService(folder);
  const timeout = (LIMIT_MINUTES + most * LIMIT_EACH_MINUTES) * 60_000;
  for (const seed of seeds) {
    const name = nameFor(seed, length);
    const steps = generate(seed, length, service.from);
    test(name, { timeout }, async () => {
      const definition = definitionOf(steps, service, 'pass');
      const { verdict, conclude } = await stage(name, definition, async (outcome, another) => {
        const account = await shrinkFailure({ seed, name, steps, service, most }, outcome, another);
        if (account !== undefined) appendFileSync(join(runContext()!.folder, ACCOUNT_FILE), `${account}\n`);
      });
      conclude(verdict);
      if (!verdict.asExpected) throw new Error(explained(verdict));
    });
  }
}
