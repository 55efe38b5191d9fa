import { expect, test } from 'vitest';
import { type ScenarioHistory, scenariosOf } from '../../history/select.ts';
import { rollPlan } from '../../history/testing/roll-plan.ts';
import { ToldRoll } from '../../history/testing/tell-roll.ts';
import type { Claim } from '../../history/types.ts';
import { judgeClaims, take } from './registry.ts';

const roll = (): ScenarioHistory => scenariosOf(new ToldRoll(rollPlan()).whole())[0]!;

test('a measure that this version does not have, and one that fails itself, know nothing', () => {
  expect(take(roll(), { measure: 'of-old', with: {} })).toEqual({
    holds: undefined,
    figures: 'this version has no measure "of-old"',
    examined: 0,
    witnesses: [],
  });
  expect(take(roll(), { measure: 'killed-after', with: undefined as never })).toEqual({
    holds: undefined,
    figures: expect.stringMatching(/^the measure failed itself: .*undefined/),
    examined: 0,
    witnesses: [],
  });
});

test('what had nothing to look at is not known, whatever it says', () => {
  const { holds, examined } = take(roll(), { measure: 'kill-cuts', with: {} });
  expect({ holds, examined }).toEqual({ holds: undefined, examined: 0 });
});

test('a claim comes out as expected where it holds or not as it should; never where nobody knows', () => {
  const claim = (seconds: number, holds: boolean): Claim => ({
    text: `killed after ${seconds} s`,
    holds,
    measure: 'killed-after',
    with: { seconds },
  });
  const history = scenariosOf(new ToldRoll(rollPlan({ lives: 30, exitCode: 137 })).whole())[0]!;
  const claims = [claim(30, true), claim(30, false), claim(9, true), claim(9, false)];
  const judged = judgeClaims({ ...history, started: { ...history.started!, claims } });
  expect(judged.map(({ claim, holds, asExpected }) => [claim.with['seconds'], claim.holds, holds, asExpected])).toEqual(
    [
      [30, true, true, true],
      [30, false, true, false],
      [9, true, false, false],
      [9, false, false, true],
    ],
  );
  const unknown = { ...claim(30, false), measure: 'of-old' };
  expect(judgeClaims({ ...history, started: { ...history.started!, claims: [unknown] } })[0]?.asExpected).toBe(false);
  expect(judgeClaims(history)).toEqual([]);
  const { started, ...unstarted } = history;
  expect(judgeClaims(unstarted as ScenarioHistory)).toEqual([]);
});
