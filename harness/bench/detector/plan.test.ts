import { expect, test } from 'vitest';
import { type Control, left } from './plan.ts';
import type { ControlRun } from './tally.ts';

const controls: Control[] = ['a', 'b', 'c'].map((name) => ({ name, args: [], sources: () => false, nodes: 1 }));
const runs = (...names: string[]) => names.map((control) => ({ control }) as ControlRun);
const names = (all: Control[]) => all.map(({ name }) => name);

test('each control as often as it is missing, round by round', () => {
  const order = names(left(controls, runs('a', 'a', 'b'), 2, Math.random));
  expect(order.slice(0, 1)).toEqual(['c']);
  expect(order.slice(1).sort()).toEqual(['b', 'c']);
});

test('what has many rolls in a run is run in its share of the rounds', () => {
  const some = controls.map((one) => (one.name === 'b' ? { ...one, share: 0.2 } : one));
  const counts = (rounds: number) => names(left(some, [], rounds, Math.random)).filter((name) => name === 'b').length;
  expect([1, 5, 6, 10].map(counts)).toEqual([1, 1, 2, 2]);
});

test('nothing is left where there are enough', () => {
  expect(left(controls, runs('a', 'b', 'c', 'c'), 1, Math.random)).toEqual([]);
});

test('in every order, each as often', () => {
  const seen = new Map<string, number>();
  for (let i = 0; i < 6_000; i++) {
    const order = names(left(controls, [], 1, Math.random)).join('');
    seen.set(order, (seen.get(order) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  // 1,000 each; the standard deviation is 29.
  for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
});
