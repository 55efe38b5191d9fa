import { inject, test } from 'vitest';
import { explained } from '../report/unexpected.ts';
import type { ScenarioDefinition } from './definition.ts';
import { load } from './load.ts';
import { declare } from './next.ts';
import { stage } from './stage.ts';

/** Longest that one scenario may take: far above any that works, so that a hang ends in words. */
const LIMIT_SECONDS = 15 * 60;

/** The longer where it is given longer: for as many transitions as one may have. */
const limitMs = ({ readySeconds = 0, settleSeconds = 0, when, given }: ScenarioDefinition): number =>
  1000 *
  (LIMIT_SECONDS + (given.environment?.seconds ?? 0) + readySeconds + 10 * settleSeconds + (when.waitsSeconds ?? 0));

/**
 * Declares a scenario: a Vitest test that passes when the measured verdict is the expected one, and every claim came out
 * as expected. An expected failure that does not fail is a broken detector, and fails the test.
 *
 * @throws CannotRun where a setting of its load is wrong.
 */
export function scenario(name: string, definition: ScenarioDefinition): void {
  if (definition.under !== undefined) load(definition.under);
  for (const each of repeated(name, definition.selfTest ? 1 : (inject('repeat') ?? 1))) {
    declare(each, definition);
    const meta = definition.on === undefined ? {} : { rollproof: definition.on };
    test(each, { timeout: limitMs(definition), meta }, async () => {
      const { verdict, conclude } = await stage(each, definition);
      conclude(verdict);
      if (!verdict.asExpected) throw new Error(explained(verdict));
    });
  }
}

/** Each time is a scenario of its own, with its own verdict. */
function repeated(name: string, times: number): string[] {
  return times === 1 ? [name] : Array.from({ length: times }, (_, i) => `${name}, ${i + 1} of ${times}`);
}
