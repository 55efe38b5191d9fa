import type { RunnerTestCase } from 'vitest';
import { expect, test } from 'vitest';
import type { ScenarioDefinition } from './definition.ts';
import { declare, mayPrepare, nextAfter } from './next.ts';

const definition = (namespace?: string) => ({ given: { namespace } }) as ScenarioDefinition;

/** Tests of one file, those that Vitest runs in capitals. */
function file(...names: string[]): RunnerTestCase[] {
  const tasks: { name: string; mode: string; file: { tasks: unknown[] } }[] = [];
  for (const name of names) tasks.push({ name, mode: name === name.toUpperCase() ? 'run' : 'skip', file: { tasks } });
  return tasks as unknown as RunnerTestCase[];
}

test('the next scenario is the next test of the file that is run', () => {
  declare('A', definition());
  declare('b', definition());
  declare('C', definition());
  const [a, , c] = file('A', 'b', 'C');
  expect(nextAfter(a!)?.name).toBe('C');
  expect(nextAfter(c!)).toBeUndefined();
});

test('what a test of its own will drive is not known, nor when it has driven its last', () => {
  const [drives] = file('DRIVES', 'E');
  expect(nextAfter(drives!)).toBeUndefined();
  declare('E', definition());
  const [a] = file('A', 'DRIVES', 'E');
  expect(nextAfter(a!)).toBeUndefined();
});

test('in a group of tests, it is the next of the group', () => {
  declare('C', definition());
  const tasks = file('A', 'C');
  for (const task of tasks) Object.assign(task, { suite: { tasks }, file: { tasks: [] } });
  expect(nextAfter(tasks[0]!)?.name).toBe('C');
});

test('nothing is made ahead on a cluster that is somebody’s, beside a fix that is proven, in a given namespace, or of a service of one’s own', () => {
  const ours = { cluster: { name: 'ours', folder: '' }, proveFix: false };
  const next = { name: 'b', definition: definition() };
  expect(mayPrepare(ours, next)).toBe(true);
  expect(mayPrepare({ ...ours, cluster: { ...ours.cluster, context: 'theirs' } }, next)).toBe(false);
  expect(mayPrepare({ ...ours, proveFix: true }, next)).toBe(false);
  expect(mayPrepare(ours, { ...next, definition: definition('shop') })).toBe(false);
  const own = { given: { ownImages: [] as object[] } } as ScenarioDefinition;
  expect(mayPrepare(ours, { ...next, definition: own })).toBe(false);
});
