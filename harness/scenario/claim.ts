import type { Claim, Measurement } from '../history/types.ts';

/**
 * A sentence about a scenario, and the measurement that decides it. It is expected to hold unless `holds` is false: a
 * claim that is known to be wrong stays a claim, and the scenario is as expected while it does not hold.
 */
export function claim(
  text: string,
  measurement: Measurement,
  options: Partial<Pick<Claim, 'holds' | 'article' | 'onlyIf' | 'instead'>> = {},
): Claim {
  return { text, ...measurement, holds: true, ...options };
}
