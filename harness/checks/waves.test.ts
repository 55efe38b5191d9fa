import { expect, test } from 'vitest';
import { goodRoll, HistoryBuilder, s, threeUp } from '../history/testing/build.ts';
import fc from '../testing/by-chance.ts';
import { waves } from './waves.ts';

const pairs = (builder: HistoryBuilder) => waves(builder.history()).map((wave) => [wave.old, wave.new]);

test('three replicas, one more at a time: six waves, until the last old pod is gone', () => {
  const builder = goodRoll();
  expect(pairs(builder)).toEqual([
    [3, 1],
    [2, 1],
    [2, 2],
    [1, 2],
    [1, 3],
    [0, 3],
  ]);
  const all = waves(builder.history());
  expect(all[0]!.from).toBe(s(11));
  expect(all.at(-1)!.to).toBe(s(28));
  expect(all.map(({ minReady }) => minReady)).toEqual([3, 3, 3, 3, 3, 3]);
  expect(all.map(({ floor }) => floor)).toEqual([3, 3, 3, 3, 3, 3]);
});

test('each wave ends where the next begins, and a request belongs to the one in which it began', () => {
  const builder = goodRoll().request(13.15, { status: 0, errorCode: 1220, seconds: 10 });
  const all = waves(builder.history());
  for (const [index, wave] of all.entries()) if (index > 0) expect(wave.from).toBe(all[index - 1]!.to);
  expect(all.find((wave) => wave.old === 2 && wave.new === 1)).toMatchObject({ requests: 1, dropped: 1 });
});

test('going back to an old template reuses its ReplicaSet: new is what has the new revision', () => {
  const builder = threeUp()
    .replicaSet(10.5, 'web-0', 0, 0)
    .replicaSet(11, 'web-0', 2, 0)
    .replicaSet(11.5, 'web-0', 2, 1);
  builder.replicaSet(13, 'web-a', 1, 2).mark(20, 'tail-end');
  expect(pairs(builder)).toEqual([
    [3, 1],
    [2, 1],
  ]);
});

test('Recreate: all old gone, nothing, all new', () => {
  const builder = threeUp(new HistoryBuilder(), { recreate: true });
  builder.deployment(10.9, { generation: 2, observed: 1, recreate: true }).replicaSet(11, 'web-a', 1, 0);
  for (const name of ['a1', 'a2', 'a3']) builder.pod(11.1, name, { terminating: true });
  for (const name of ['a1', 'a2', 'a3']) builder.gone(15, name);
  builder
    .deployment(15, { generation: 2, recreate: true, updated: 0, total: 0, available: 0 })
    .replicaSet(16, 'web-b', 2, 3);
  for (const name of ['b1', 'b2', 'b3']) builder.pod(20, name, { owner: 'web-b' });
  builder.deployment(21, { generation: 2, recreate: true }).mark(25, 'tail-end');
  const all = waves(builder.history());
  expect(all.map((wave) => [wave.old, wave.new, wave.minReady])).toEqual([
    [0, 0, 0],
    [0, 3, 0],
  ]);
  expect(all.at(-1)!.to).toBe(s(21));
});

test('a change that scales nothing has no wave', () => {
  expect(pairs(threeUp().pod(12, 'a1').mark(20, 'tail-end'))).toEqual([]);
});

test('waves divide the requests of the roll: their counts add up, wherever requests fall', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 11, max: 27.9, noNaN: true }), { maxLength: 40 }), (times) => {
      const builder = goodRoll();
      for (const at of times) builder.request(at);
      const inRoll = builder.history().requests.filter(({ t }) => t >= s(11) && t < s(28)).length;
      expect(waves(builder.history()).reduce((sum, { requests }) => sum + requests, 0)).toBe(inRoll);
    }),
  );
});
