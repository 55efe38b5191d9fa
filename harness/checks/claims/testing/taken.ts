import { expect } from 'vitest';
import { byId, type ScenarioHistory } from '../../../history/select.ts';
import type { Measure, Measured } from '../measure.ts';
import { take } from '../registry.ts';

/**
 * Takes a measure as claims are judged, and compares all that it found with what it was when somebody last looked: every figure,
 * and every witness. What is right is said by the test, of the fields that it is about.
 */
export function taken<Args extends object>(measure: Measure<Args>, history: ScenarioHistory, args: Args): Measured {
  const measured = take(history, measure(args));
  const find = byId(history);
  const witnesses = measured.witnesses.map((id) => {
    const one = find(id);
    return one === undefined ? `no observation ${id}` : `${one.type} at ${one.t / 1e9} s`;
  });
  expect({ ...measured, witnesses }).toMatchSnapshot();
  return measured;
}
