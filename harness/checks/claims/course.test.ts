import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../../history/testing/build.ts';
import { courseOf } from './course.ts';

const course = (builder: HistoryBuilder, of = 0) => courseOf(builder.history(), of);

test('a roll: its last scaling, when it had rolled out, and when nothing terminated any more', () => {
  const { scaled, rolled, settled, stalled } = course(goodRoll())!;
  expect([scaled?.t, rolled?.t, settled?.t, stalled]).toEqual([s(21.1), s(22), s(28), undefined]);
});

test('what is rolled out at the trigger is the state before', () => {
  const builder = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 1);
  expect(course(builder.mark(30, 'tail-end'))?.rolled).toBeUndefined();
});

test('counted from the end, and none', () => {
  const builder = goodRoll();
  expect(course(builder, -1)?.from).toBe(s(10));
  expect(course(builder, 1)).toBeUndefined();
  expect(course(new HistoryBuilder())).toBeUndefined();
});

test('a roll that overtakes a stalled one is not stalled by what that one left behind', () => {
  const builder = threeUp().deployment(11, { generation: 2, stalled: false });
  builder.deployment(20, { generation: 2, stalled: true }).mark(25, 'trigger', 'rollback');
  builder.deployment(25.1, { generation: 3, observed: 2, stalled: true }).deployment(25.2, { generation: 3 });
  builder.mark(30, 'tail-end');
  expect(course(builder)?.stalled?.t).toBe(s(20));
  expect(course(builder, 1)?.stalled).toBeUndefined();
});
