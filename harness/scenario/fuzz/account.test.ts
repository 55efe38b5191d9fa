import { describe, expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { type Account, stepsUpTo, tellAccount } from './account.ts';
import { fuzzedService } from './service.ts';
import type { Step } from './steps.ts';

const STEPS: Step[] = [
  { do: 'update', version: '2.0.0', after: 'settled' },
  { do: 'scale', replicas: 4, after: 0.5 },
  { do: 'restart', after: 2 },
];

const account = (changes: Partial<Account> = {}): Account => ({
  seed: 7,
  steps: STEPS,
  service: fuzzedService('defects/exits-without-draining'),
  failure: 'no-drops: dropped: new 3 of 900',
  shrunk: { shortest: [STEPS[0]!, STEPS[2]!], runs: 5, minimal: true },
  evidence: 'fuzz, seed 7: 3 steps, shrunk to 2, run 4',
  ...changes,
});

test('the account says what failed, the shortest, in how many runs, and how to repeat both', () => {
  expect(tellAccount(account())).toBe(`Seed 7 failed: no-drops: dropped: new 3 of 900
Shrunk to 2 steps of 3 in 5 runs:

 1. update to 2.0.0
 2. 2 s later: restart

Evidence: the scenario "fuzz, seed 7: 3 steps, shrunk to 2, run 4"
Repeat the whole: rollproof run --fuzz --seed 7 --steps 3 --service defects/exits-without-draining
Keep the shortest as a scenario:

import { sampleService, scenario, sequence } from 'rollproof';

scenario('what seed 7 found', {
  given: sampleService('defects/exits-without-draining', 'defects', { versions: ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] }),
  under: { rate: 30 },
  when: sequence(
    [
      { do: 'update', version: '2.0.0', after: 'settled' },
      { do: 'restart', after: 2 },
    ],
    { container: 'app', image: 'rollproof/defects' },
  ),
  expect: 'pass',
});
`);
});

test('where the runs were too few, or no shorter one failed, it says so', () => {
  expect(tellAccount(account({ shrunk: { shortest: [STEPS[0]!], runs: 1, minimal: false } }))).toContain(
    'Shrunk to one step of 3 in one run; a shorter one may be found with more runs (--shrink):',
  );
  expect(tellAccount(account({ shrunk: { shortest: STEPS, runs: 4, minimal: true } }))).toContain(
    'No shorter part of its 3 steps failed the same way in 4 runs:',
  );
  expect(tellAccount(account({ service: fuzzedService('small') }))).toContain('--steps 3\n');
});

describe('the steps up to the first witness', () => {
  const history = (builder: HistoryBuilder) =>
    builder.request(11).mark(12, 'trigger', 'scale').request(13).mark(14, 'trigger', 'restart').request(15).history();
  const at = (builder: HistoryBuilder, t: number) => {
    const seen = history(builder);
    return stepsUpTo(STEPS, seen, [seen.requests.find((one) => one.t === t * 1e9)!.id, seen.requests.at(-1)!.id]);
  };
  test('are those that were begun before it', () => {
    expect(at(threeUp(), 11)).toEqual(STEPS.slice(0, 1));
    expect(at(threeUp(), 13)).toEqual(STEPS.slice(0, 2));
    expect(at(threeUp(), 15)).toEqual(STEPS);
  });
  test('of which a refused one is counted once', () => {
    const refused = threeUp().mark(12.5, 'trigger', 'refused');
    expect(at(refused, 13)).toEqual(STEPS.slice(0, 2));
  });
  test('are all that were begun, where no witness is named', () => {
    expect(stepsUpTo(STEPS, history(new HistoryBuilder()), [])).toEqual(STEPS.slice(0, 2));
  });
});
