import { expect, test } from 'vitest';
import { scenariosOf } from '../../history/select.ts';
import { type RollOptions, rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import { unreadyGetNothing } from './reach.ts';
import { taken } from './testing/taken.ts';

/** One new pod that runs from 11.2 to the end and is never ready. */
function told(evidence: RollOptions['evidence'] = {}): ToldRoll {
  const plan = rollPlan({ evidence });
  const [a1, b1, a2, , a3] = plan.pods;
  const stays = [a1!, a2!, a3!].map(({ deleted, sigterm, exit, gone, ...pod }) => pod);
  const pods = [...stays, { ...b1!, ready: [] }];
  const sets = plan.sets.slice(0, 2);
  return new ToldRoll({
    ...plan,
    pods,
    sets,
    marks: { ...plan.marks, rolled: 25, settled: 25, tailEnd: 29, stopped: 30 },
  });
}

const take = (roll: ToldRoll) => taken(unreadyGetNothing, scenariosOf(roll.whole())[0]!, {});

test('nothing reaches it', () => {
  const { holds, figures, examined } = take(told());
  expect(holds).toBe(true);
  expect(examined).toBeGreaterThan(15);
  expect(figures).toMatch(
    /^1 pods that ran for 17\.8 s and were never ready, beside \d+ requests; 0 answers name them; 0 requests in their logs \(read whole\); 0 of \d+ tracked connections led to them$/,
  );
});

test('one that it answered; one that only its log has; one that only connection tracking saw', () => {
  expect(take(told().sent(20, { to: 'b1', handled: 0, tracked: false }))).toMatchObject({
    holds: false,
    figures: expect.stringContaining('; 1 answers name them; 0 requests in their logs'),
  });
  expect(take(told().sent(20, { to: 'b1', lost: 'timeout', handled: 1, tracked: false }))).toMatchObject({
    holds: false,
    figures: expect.stringContaining('; 0 answers name them; 1 requests in their logs'),
  });
  const refused = take(told().sent(20, { to: 'b1', lost: 'refused', tracked: true }));
  expect(refused).toMatchObject({ holds: false, figures: expect.stringMatching(/; 1 of \d+ tracked/) });
  expect(refused.witnesses).toHaveLength(1);
});

test('its log alone proves it, and so do connections; without both nobody knows', () => {
  expect(take(told({ flows: false })).holds).toBe(true);
  expect(take(told({ ids: false })).holds).toBe(true);
  expect(take(told({ ids: false, flows: false }))).toMatchObject({
    holds: undefined,
    figures: expect.stringMatching(/not read whole\); connections were not tracked$/),
  });
});

test('is not known where every pod gets ready', () => {
  expect(take(new ToldRoll(rollPlan())).examined).toBe(0);
});
