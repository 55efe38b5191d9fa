import { expect, test } from 'vitest';
import { scenariosOf } from '../../history/select.ts';
import { type RollOptions, rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import { killCuts, killedAfter } from './grace.ts';
import { taken } from './testing/taken.ts';

/** a1 is deleted at 14, gets SIGTERM at 14.05 and SIGKILL at 44.04. */
const KILLED: RollOptions = { lives: 30, exitCode: 137, lanes: ['new', 'kept-post'] };
const told = (options: RollOptions) => new ToldRoll(rollPlan(options));
const of = (roll: ToldRoll) => scenariosOf(roll.whole())[0]!;

test('killed when the grace is over', () => {
  const { holds, figures, witnesses } = taken(killedAfter, of(told(KILLED)), { seconds: 30 });
  expect([holds, figures, witnesses.length]).toEqual([true, '3 of 3 pods killed, 30.0 s after their deletion', 3]);
});

test('not, where it is another time, or where they end by themselves', () => {
  expect(taken(killedAfter, of(told(KILLED)), { seconds: 27 }).holds).toBe(false);
  expect(taken(killedAfter, of(told({})), { seconds: 30 })).toMatchObject({
    holds: false,
    figures: '0 of 3 pods killed; 3 ended by themselves after 5.0 s',
  });
});

test('is not known without the node, or of some of them', () => {
  expect(taken(killedAfter, of(told({ ...KILLED, evidence: { node: false } })), { seconds: 30 }).examined).toBe(0);
  const some = told(KILLED).without((one) => one.type === 'container' && one.pod === 'a2');
  expect(taken(killedAfter, of(some), { seconds: 30 })).toMatchObject({ holds: undefined, examined: 2 });
});

test('what SIGKILL cuts', () => {
  const cut = told(KILLED)
    .sent(43.5, { lane: 'kept-post', user: 9, to: 'a1', reused: true })
    .sent(44, { lane: 'kept-post', user: 9, to: 'a1', reused: true, lost: 'reset', seconds: 0.08 });
  expect(taken(killCuts, of(cut), {})).toMatchObject({
    holds: true,
    figures: '1 requests cut within a second of SIGKILL, on 3 pods',
  });
  const answered = told(KILLED).sent(43.5, { lane: 'kept-post', user: 9, to: 'a1', reused: true });
  expect(taken(killCuts, of(answered), {}).holds).toBe(false);
  expect(taken(killCuts, of(told(KILLED)), {}).examined).toBe(0);
});
