import { expect } from 'vitest';
import type { ScenarioHistory } from '../../../history/select.ts';
import { byId } from '../../../history/select.ts';
import type { Measure, Measured } from '../measure.ts';

/**
 * Takes a measure, and compares all that it found with what it was when somebody last looked: every figure, and every witness.
 * What is right is said by the test, of the fields that it is about.
 */
export function taken<Args extends object>(measure: Measure<Args>, history: ScenarioHistory, args: Args): Measured {
  const measured = measure.take(history, args);
  const find = byId(history);
  const witnesses = measured.witnesses.map((id) => {
    const one = find(id);
    return one === undefined ? `no observation ${id}` : `${one.type} at ${one.t / 1e9} s`;
  });
  expect({ ...measured, witnesses }).toMatchSnapshot();
  return measured;
}
