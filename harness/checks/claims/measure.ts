import type { ScenarioHistory } from '../../history/select.ts';
import type { Measurement } from '../../history/types.ts';

/** What a measurement found. */
export interface Measured {
  /** Undefined where the evidence does not say. */
  holds: boolean | undefined;
  /** The figures behind it, in one line for people: "0 of 3,204 requests dropped". */
  figures: string;
  /** How many facts it looked at. 0 can never hold. */
  examined: number;
  /** Ids of the observations that show that it does not hold, or that it does. */
  witnesses: string[];
}

/**
 * A measure by its name: a pure function over a scenario's history. Called with its arguments it makes a measurement,
 * which is plain data; a claim is made of that.
 */
export interface Measure<Args extends object> {
  (args: Args): Measurement;
  readonly measure: string;
  take(history: ScenarioHistory, args: Args): Measured;
}

/** Defines a measure. Its arguments have to survive JSON. */
export function define<Args extends object = Record<never, never>>(
  name: string,
  take: (history: ScenarioHistory, args: Args) => Measured,
): Measure<Args> {
  const make = (args: Args): Measurement => ({ measure: name, with: { ...args } as Record<string, unknown> });
  return Object.assign(make, { measure: name, take });
}

/** What a measurement found that had nothing to look at. */
export const unseen = (figures: string): Measured => ({ holds: undefined, figures, examined: 0, witnesses: [] });
