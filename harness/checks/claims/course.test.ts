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

test('the controller may be slow to take it up: what is rolled out until then is the state before', () => {
  const builder = threeUp().pod(10.5, 'a1').pod(10.7, 'a2').deployment(11, { generation: 2, observed: 1 });
  builder.replicaSet(11, 'web-b', 2, 1).deployment(11.1, { generation: 2, updated: 1, total: 4 });
  expect(course(builder.mark(30, 'tail-end'))?.rolled).toBeUndefined();
});

test('settled is after it had rolled out, without old pods, and without any that terminates', () => {
  const builder = threeUp().deployment(11, { generation: 2, observed: 1 }).replicaSet(11, 'web-b', 2, 0);
  builder.replicaSet(11.1, 'web-a', 1, 0);
  for (const name of ['a1', 'a2', 'a3']) builder.gone(12, name);
  builder.pod(12.5, 'a1').deployment(13, { generation: 2 });
  builder.pod(14, 'b0', { owner: 'web-b', terminating: true }).gone(15, 'a1').gone(16, 'b0', 'web-b');
  const { rolled, settled } = course(builder.mark(30, 'tail-end'))!;
  expect([rolled?.t, settled?.t]).toEqual([s(13), s(16)]);
});

test('a stall of the next transition, or from its instant on, is none of this one', () => {
  const builder = threeUp().deployment(11, { generation: 2, updated: 1 }).mark(20, 'trigger', 'rollback');
  builder.deployment(20, { generation: 2, updated: 1, stalled: true }).mark(30, 'tail-end');
  expect(course(builder)?.stalled).toBeUndefined();
  expect(course(builder, 1)?.stalled?.t).toBe(s(20));
});

test('a Deployment that is gone again stalls no more', () => {
  const builder = threeUp().deployment(11, { generation: 2, updated: 1, stalled: true });
  builder.deployment(12, { verb: 'deleted' }).mark(30, 'tail-end');
  expect(course(builder)?.stalled?.t).toBe(s(11));
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
