import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { keepsPods } from './replaced.ts';
import { taken } from './testing/taken.ts';

const take = (builder: HistoryBuilder, nth?: number) =>
  taken(keepsPods, builder.history(), nth === undefined ? {} : { nth });

test('a roll keeps none: the ends of the old ones are its witnesses', () => {
  const builder = goodRoll();
  const { holds, figures, witnesses } = take(builder);
  expect({ holds, figures }).toEqual({
    holds: false,
    figures: '3 of 3 pods were replaced, in the waves (3,1) (2,1) (2,2) (1,2) (1,3) (0,3); revision 2',
  });
  expect(builder.observations.filter(({ id }) => witnesses.includes(id)).map(({ t }) => t)).toEqual([26e9, 27e9, 28e9]);
});

test('one that is still up was kept; one that terminates was not', () => {
  const builder = threeUp().pod(12, 'a1', { terminating: true }).gone(13, 'a2').pod(14, 'b1', { owner: 'web-b' });
  expect(take(builder.mark(20, 'tail-end'))).toMatchObject({
    holds: true,
    figures: '2 of 3 pods were replaced, in the waves none; revision 1',
  });
});

test('one of several is not all, and each transition has its own waves', () => {
  const builder = threeUp().replicaSet(11, 'web-b', 2, 3).replicaSet(12, 'web-a', 1, 0);
  for (const name of ['a1', 'a2']) builder.gone(13, name);
  for (const name of ['b1', 'b2', 'b3']) builder.pod(14, name, { owner: 'web-b' });
  builder.mark(20, 'trigger', 'rollback').replicaSet(21, 'web-a', 3, 3).replicaSet(22, 'web-b', 2, 0);
  for (const name of ['b1', 'b2', 'b3', 'a3']) builder.gone(23, name);
  builder.pod(24, 'a4').mark(30, 'tail-end').pod(30, 'b1', { owner: 'web-b' }).gone(31, 'a4');
  expect(take(builder)).toMatchObject({
    holds: true,
    figures: '2 of 3 pods were replaced, in the waves (3,3) (0,3); revision 2',
  });
  const second = take(builder, 1);
  expect(second).toMatchObject({ holds: false, examined: 4 });
  expect(second.figures).toBe('4 of 4 pods were replaced, in the waves (3,3) (0,3); revision 3');
  expect(take(builder, 2).figures).toBe('the transition was not seen');
});

test('is not known where no transition began, or the pods may not all have been seen', () => {
  expect(take(new HistoryBuilder().deployment(1))).toMatchObject({ holds: undefined, examined: 0 });
  expect(take(goodRoll().gap(14, 14.5, 'Pod')).holds).toBeUndefined();
  const unseen = new HistoryBuilder().mark(10, 'trigger').deployment(11).mark(30, 'tail-end');
  expect(take(unseen).figures).toBe('the transition was not seen');
  const setless = new HistoryBuilder().deployment(1).mark(10, 'trigger').mark(30, 'tail-end');
  expect(take(setless)).toMatchObject({
    examined: 0,
    figures: '0 of 0 pods were replaced, in the waves none; revision undefined',
  });
});
