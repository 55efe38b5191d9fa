import { expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { groupsOf, shardOf } from './groups.ts';

const all = Array.from({ length: 61 }, (_, index) => `scenario ${index}`);

test.each([1, 2, 3, 4, 7, 61])('%i parts are disjoint, complete and of the same size but for one', (count) => {
  const parts = Array.from({ length: count }, (_, index) => shardOf(all, `${index + 1}/${count}`));
  expect(parts.flat().sort()).toEqual(all.toSorted());
  const sizes = parts.map(({ length }) => length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test('the same part is the same scenarios, in their order', () => {
  expect(shardOf(['a', 'b', 'c', 'd', 'e'], '2/2')).toEqual(['b', 'd']);
  expect(shardOf(all, '3/4')).toEqual(shardOf([...all], '3/4'));
});

test('a part without any scenario is refused, with the most parts that there can be', () => {
  expect(() => shardOf(['a', 'b'], '3/4')).toThrow(CannotRun);
  expect(() => shardOf(['a', 'b'], '3/4')).toThrow('part 3/4 of 2 scenarios is empty');
});

test('scenarios are grouped by nodes, fewest first, in their order; those that ask for none get the usual number', () => {
  const scenarios = [{ name: 'a', nodes: 3 }, { name: 'b' }, { name: 'c', nodes: 1 }, { name: 'd', nodes: 3 }];
  const names = (usual: number) =>
    groupsOf(scenarios, usual).map(({ nodes, scenarios }) => [nodes, scenarios.map(({ name }) => name).join('')]);
  expect(names(1)).toEqual([
    [1, 'bc'],
    [3, 'ad'],
  ]);
  expect(names(3)).toEqual([
    [1, 'c'],
    [3, 'abd'],
  ]);
});
