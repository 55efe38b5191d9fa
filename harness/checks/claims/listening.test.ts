import { expect, test } from 'vitest';
import { goodRoll, type HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { readyMeansListening } from './listening.ts';
import { taken } from './testing/taken.ts';

const take = (builder: HistoryBuilder) => taken(readyMeansListening, builder.history(), {});

const listening = (builder: HistoryBuilder, ...at: number[]) =>
  at.reduce((all, t, index) => all.log(t, `b${index + 1}`, 'listening'), builder);

test('each listened before it was ready; what it logs after a restart does not count', () => {
  const builder = listening(goodRoll(), 12.5, 16.5, 20.5).log(27, 'b1', 'listening');
  expect(take(builder)).toMatchObject({ holds: true, figures: '3 new pods listened before they counted as ready' });
});

test('not, where one was ready first', () => {
  const builder = listening(goodRoll(), 12.5, 17.25, 20.5);
  const { holds, figures, witnesses } = take(builder);
  expect({ holds, figures }).toEqual({
    holds: false,
    figures: '1 of 3 new pods counted as ready before they listened, by up to 250 ms',
  });
  expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([17.25e9]);
});

test('is not known where one never said so, or none was ready', () => {
  expect(take(listening(goodRoll(), 12.5, 16.5)).holds).toBeUndefined();
  expect(take(threeUp().mark(20, 'tail-end')).examined).toBe(0);
});
