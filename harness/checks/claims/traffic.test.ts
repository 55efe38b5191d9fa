import { expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../../history/testing/build.ts';
import { taken } from './testing/taken.ts';
import { dropsNothing } from './traffic.ts';

/** In the first transition a kept request is dropped, in the second a new one; before both, and of the control lane, one more. */
function dropping(): HistoryBuilder {
  const builder = threeUp(new HistoryBuilder({ lanes: ['new', 'kept', 'control'] }));
  builder.request(9, { status: 500 }).request(12).request(13, { lane: 'kept', status: 500 });
  builder.request(14, { lane: 'control', status: 500 }).mark(20, 'trigger', 'rollback');
  return builder
    .request(21, { status: 500 })
    .request(22, { lane: 'kept' })
    .mark(30, 'tail-end')
    .request(31, { status: 500 });
}

const take = (args: Parameters<typeof dropsNothing.take>[1], builder = dropping()) =>
  taken(dropsNothing, builder.history(), args);

test('in all lanes but control, and all transitions', () => {
  expect(take({})).toMatchObject({ holds: false, figures: '2 of 4 requests dropped', examined: 4 });
});

test('in some lanes', () => {
  expect(take({ lanes: ['kept'] }).figures).toBe('1 of 2 requests dropped');
  expect(take({ lanes: ['new', 'kept'] }).figures).toBe('2 of 4 requests dropped');
});

test('in one transition', () => {
  expect(take({ of: 0 }).figures).toBe('1 of 2 requests dropped');
  expect(take({ of: 1, lanes: ['kept'] })).toMatchObject({ holds: true, figures: '0 of 1 requests dropped' });
});

test('of a transition that never was, and of nothing, nothing is known', () => {
  expect(take({ of: 2 })).toMatchObject({ holds: undefined, examined: 0 });
  expect(take({}, new HistoryBuilder())).toMatchObject({ holds: undefined, examined: 0 });
});
