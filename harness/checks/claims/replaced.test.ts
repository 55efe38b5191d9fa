import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { keepsPods } from './replaced.ts';
import { taken } from './testing/taken.ts';

const take = (builder: HistoryBuilder) => taken(keepsPods, builder.history(), {});

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

test('is not known where no transition began, or the pods may not all have been seen', () => {
  expect(take(new HistoryBuilder().deployment(1))).toMatchObject({ holds: undefined, examined: 0 });
  expect(take(goodRoll().gap(14, 14.5, 'Pod')).holds).toBeUndefined();
});
