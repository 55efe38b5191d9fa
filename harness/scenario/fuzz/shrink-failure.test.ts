import { describe, expect, test } from 'vitest';
import { threeUp } from '../../history/testing/build.ts';
import type { Verdict } from '../../history/types.ts';
import type { ScenarioVerdict } from '../../report/verdict.ts';
import type { ScenarioDefinition } from '../definition.ts';
import type { Outcome } from '../outcome.ts';
import { generate } from './generate.ts';
import { fuzzedService } from './service.ts';
import { type Fuzzed, shrinkFailure } from './shrink-failure.ts';

const service = fuzzedService('defects/exits-without-draining');
const fuzzed: Fuzzed = { seed: 7, name: 'seed 7', steps: generate(7, 12, service.from), service, most: 16 };

const verdictOf = (checks: Record<string, Verdict>, witnesses: string[] = []) =>
  ({
    checks: Object.entries(checks).map(([name, verdict]) => ({ name, verdict, witnesses, detail: 'so and so' })),
  }) as unknown as ScenarioVerdict;

/** The first witness is seen after so many steps have begun. */
function outcomeOf(checks: Record<string, Verdict>, begun: number): Outcome {
  const builder = threeUp();
  for (let i = 1; i < begun; i++) builder.mark(10 + i, 'trigger', 'rolling');
  builder.request(10.5 + begun);
  const history = builder.mark(60, 'tail-end').history();
  return { name: 'seed 7', verdict: verdictOf(checks, [history.requests.at(-1)!.id]), history };
}

/** Judges a candidate by the change that it begins with, and tells which were run. */
async function play(outcome: Outcome, judge: (first: ScenarioDefinition['when']) => Record<string, Verdict>) {
  const ran: string[] = [];
  const account = await shrinkFailure(fuzzed, outcome, async (name, { when, expect: expected }, words) => {
    ran.push(`${name} | ${when.kind} | ${words}`);
    expect(expected).toEqual({ verdict: 'any' });
    return verdictOf(judge(when));
  });
  return { ran, account };
}

describe('a sequence that failed', () => {
  test('is shrunk from where its witness was; a shorter one has failed when the same check has', async () => {
    const { ran, account } = await play(outcomeOf({ 'ready-floor': 'pass', 'no-drops': 'fail' }, 4), ({ kind }) => ({
      'ready-floor': 'fail',
      'no-drops': kind === 'pause' || kind === 'restart' ? 'fail' : 'pass',
    }));
    expect(ran[0]).toBe('seed 7, shrunk to 4, run 1 | pause | shrinking, run 1 of at most 16: 4 of 12 steps');
    expect(account).toContain('Seed 7 failed: no-drops: so and so\nShrunk to one step of 12 in 3 runs:\n\n 1. pause\n');
    expect(account).toContain('Evidence: the scenario "seed 7, shrunk to 1, run 3"');
  });

  test('has not failed where another check does, or nobody can say: it stays whole', async () => {
    const { account, ran } = await play(outcomeOf({ 'no-drops': 'fail' }, 12), () => ({
      'ready-floor': 'fail',
      'no-drops': 'inconclusive',
    }));
    expect(account).toContain('No shorter part of its 12 steps failed the same way in 16 runs; a shorter one may be');
    expect(account).toContain('Evidence: the scenario "seed 7"');
    expect(ran).toHaveLength(16);
  });

  test('that did not fail is not shrunk, nor is one that nobody can judge', async () => {
    for (const verdict of ['pass', 'inconclusive'] as const) {
      const { account, ran } = await play(outcomeOf({ 'no-drops': verdict }, 2), () => ({ 'no-drops': 'fail' }));
      expect([account, ran]).toEqual([undefined, []]);
    }
  });
});
