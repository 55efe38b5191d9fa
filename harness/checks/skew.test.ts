import { describe, expect, test } from 'vitest';
import { HistoryBuilder, threeUp } from '../history/testing/build.ts';
import { skew } from './skew.ts';

/** Pods have to be ready for 5 s. */
const up = () => threeUp(new HistoryBuilder(), { minReadySeconds: 5 });
/** A pod that is seen not to be ready at 12, and to be so at an instant, since another one by its own word. */
const ready = (at: number, since: number, builder = up(), name = 'b1') =>
  builder.pod(12, name, { ready: false }).pod(at, name, { readySince: since });
const found = (builder: HistoryBuilder) => skew(builder.history());

test('told of up to a tenth of a second before it was: within two clocks', () => {
  expect(found(ready(12.9, 13))).toBeUndefined();
  expect(found(ready(12.899, 13))).toBe(
    "the cluster's clock was ahead by 0.1 s at least: since when pods were ready for minReadySeconds cannot be told",
  );
});

test('told of up to 3 s afterwards: a whole second, and a watch that lags', () => {
  expect(found(ready(16, 13))).toBeUndefined();
  expect(found(ready(16.001, 13))).toBe(
    "the cluster's clock was behind by up to 3.0 s, or its watch told as late: since when pods were ready for minReadySeconds cannot be told",
  );
});

test('the quickest counts', () => {
  expect(found(ready(14.5, 14, ready(18, 13), 'b2'))).toBeUndefined();
  expect(found(ready(12.5, 14, ready(13.5, 13), 'b2'))).toContain('ahead by 1.5 s');
});

describe('it is not known when', () => {
  test('a pod became ready that was seen ready at once, or was ready before', () => {
    expect(found(up().pod(13, 'b1', { readySince: 20 }))).toBeUndefined();
    expect(found(ready(13, 13).pod(14, 'b1', { readySince: 20 }))).toBeUndefined();
  });
  test('a list tells of it, or what came while the watch was blind', () => {
    const listed = up().pod(12, 'b1', { ready: false }).pod(13, 'b1', { readySince: 20, verb: 'listed' });
    expect(found(listed)).toBeUndefined();
    const blind = (from: number, to: number) => found(ready(13, 20).gap(from, to, 'Pod'));
    expect([blind(13, 14), blind(12, 13)]).toEqual([undefined, undefined]);
    expect(blind(13.1, 14)).toContain('ahead by 7.0 s');
    expect(found(ready(13, 20).gap(12, 14, 'Deployment'))).toContain('ahead by 7.0 s');
  });
});

test('nobody asks where no pod has to wait; an old ReplicaSet may be the only one whose pods have to', () => {
  expect(found(ready(13, 20, threeUp()))).toBeUndefined();
  expect(found(ready(13, 20, threeUp().replicaSet(11, 'web-a', 1, 3, { minReadySeconds: 5 })))).toContain('ahead');
});
