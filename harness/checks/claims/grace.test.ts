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

test('within two seconds of it, either way, and no more', () => {
  const holds = (seconds: number) => taken(killedAfter, of(told(KILLED)), { seconds }).holds;
  // Killed 30.04 s after their deletion.
  expect([28, 28.04, 32.04, 32.05].map(holds)).toEqual([false, true, true, false]);
  expect(taken(killedAfter, of(told(KILLED)), { seconds: 30, tolerance: 0.03 }).holds).toBe(false);
});

test('some are killed, each after its own time; whoever is deleted before or after is not asked', () => {
  const plan = rollPlan(KILLED);
  const [a1, , a2, , a3] = plan.pods;
  Object.assign(a1!, { sigkill: 41, exit: 41.01, gone: 42 });
  for (const name of ['sigkill', 'exit', 'exitCode'] as const) delete a2![name];
  Object.assign(a2!, { exit: 25, exitCode: 0, gone: 26 });
  Object.assign(a3!, { deleted: 9, sigterm: 9.05, sigkill: 39, exit: 39.01, gone: 40 });
  const { figures, examined, witnesses } = taken(killedAfter, of(new ToldRoll(plan)), { seconds: 27 });
  expect({ figures, examined }).toEqual({
    figures: '1 of 2 pods killed, 27.0 s after their deletion; 1 ended by themselves after 7.0 s',
    examined: 2,
  });
  expect(witnesses).toHaveLength(1);
  Object.assign(a3!, { deleted: 22 });
  expect(taken(killedAfter, of(new ToldRoll(plan)), { seconds: 27 }).figures).toMatch(
    /^2 of 3 pods killed, 17.0 to 27.0 s after/,
  );
});

test('nothing was done: nothing is known', () => {
  const roll = told(KILLED).without((one) => one.type === 'marker' && one.marker === 'trigger');
  expect(taken(killedAfter, of(roll), { seconds: 30 }).examined).toBe(0);
  expect(taken(killCuts, of(roll), {}).examined).toBe(0);
});

test('what ends more than a second before SIGKILL, or begins more than one after it, is none of it', () => {
  // a1 is killed at 44.04.
  const near = (at: number, seconds: number, to = 'a1') => {
    const kept = { lane: 'kept-post', user: 9, to } as const;
    return taken(
      killCuts,
      of(
        told(KILLED)
          .sent(41, kept)
          .sent(at, { ...kept, reused: true, lost: 'reset', seconds }),
      ),
      {},
    ).examined;
  };
  expect([near(42, 1.03), near(42, 1.05), near(45.03, 0.1), near(45.05, 0.1)]).toEqual([0, 1, 1, 0]);
  expect(near(44, 0.08, 'b1')).toBe(0);
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
