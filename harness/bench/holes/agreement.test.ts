import { expect, test } from 'vitest';
import { agreement, agreementText } from './agreement.ts';
import type { Trial } from './trials.ts';

/** So many trials of a kind, of which so many were missed. */
const trials = (what: string, predicted: number, missed: number, of: number): Trial[] =>
  Array.from({ length: of }, (_, i) => ({ what, lane: 'new' as const, rate: 50, predicted, missed: i < missed }));

test('a prediction agrees where it lies in the interval of what was measured', () => {
  const cells = agreement([...trials('right', 0.3, 33, 100), ...trials('wrong', 0.3, 50, 100)]);
  expect(cells.map(({ what, agrees }) => [what, agrees])).toEqual([
    ['right', true],
    ['wrong', false],
  ]);
  expect(agreementText(cells)).toContain('1 of 2 predictions lie in the interval');
  expect(agreementText(cells)).toContain('| wrong | new | 50 | 30.0% | 50.0% (50 of 100) |');
});

test('intervals hold for all cells at once: the more there are, the wider', () => {
  const one = agreement(trials('a', 0.5, 61, 100));
  const many = agreement(['a', 'b', 'c', 'd', 'e'].flatMap((what) => trials(what, 0.5, 61, 100)));
  expect(one[0]!.agrees).toBe(false);
  expect(many.map(({ agrees }) => agrees)).toEqual([true, true, true, true, true]);
});

test('what is missed nearly always, or never, is not asked; the prediction is the mean of all trials', () => {
  const cells = agreement([
    ...trials('never', 0.01, 0, 50),
    ...trials('always', 0.95, 50, 50),
    ...trials('mixed', 0.2, 0, 50),
    ...trials('mixed', 0.4, 50, 50),
  ]);
  expect(cells).toMatchObject([{ what: 'mixed', missed: { hits: 50, of: 100 } }]);
  expect(cells[0]!.predicted).toBeCloseTo(0.3, 12);
});
