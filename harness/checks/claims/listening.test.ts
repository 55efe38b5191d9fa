import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
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

test('what else it logs does not count, nor what others log; one that never got ready is not asked', () => {
  const builder = listening(goodRoll(), 12.5, 16.5, 20.5).log(11, 'b2', 'started').log(29, 'a1', 'listening');
  builder.pod(24, 'b9', { owner: 'web-b', ready: false });
  expect(take(builder)).toMatchObject({ holds: true, examined: 3 });
  // Of two that it logs, in whatever order they were read.
  expect(take(listening(goodRoll(), 18, 16.5, 20.5).log(12.5, 'b1', 'listening')).holds).toBe(true);
  // Just as it counts as ready.
  expect(take(listening(goodRoll(), 13, 16.5, 20.5)).holds).toBe(true);
});

test('is not known where one never said so, or none was ready', () => {
  expect(take(listening(goodRoll(), 12.5, 16.5)).holds).toBeUndefined();
  expect(take(threeUp().mark(20, 'tail-end'))).toMatchObject({ examined: 0, witnesses: [] });
  expect(take(new HistoryBuilder().deployment(1))).toMatchObject({
    examined: 0,
    figures: expect.stringMatching(/^0 new pods/),
  });
  const silent = take(listening(goodRoll(), 13.5, 16.5));
  expect([silent.holds, silent.witnesses.length]).toEqual([false, 1]);
});
