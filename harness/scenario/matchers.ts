import { expect } from 'vitest';
import type { LaneName, Measurement, Verdict } from '../history/types.ts';
import { comesOut, dropsNone, failsFor, holds, type Judgement, keepsReady } from './judgements.ts';
import { asJudged, type Outcome } from './outcome.ts';

/**
 * Matchers for the outcome of a rollout, or of a saved run (`judged`). What the evidence does not say satisfies no
 * matcher, and no `.not` of one either.
 */
interface OutcomeMatchers<R> {
  /** No request was dropped: in all lanes, or in those that are named. */
  toDropNothing(options?: { lanes?: LaneName[] }): R;
  /** So many pods were ready at every instant from the trigger on. */
  toKeepReady(pods: number): R;
  /** The raw verdict. */
  toComeOut(verdict: Verdict): R;
  /** A measurement, as claims have them: `toHold(dropsNothing({}))`. */
  toHold(measurement: Measurement): R;
  /** It failed, and this is what most of it came from: `toFailFor('sigterm-ignored')`. */
  toFailFor(cause: string): R;
}

declare module 'vitest' {
  // Vitest's own type parameters, to the letter: both declarations are one interface.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends OutcomeMatchers<R> {}
}

expect.extend({
  toDropNothing(received: unknown, options: { lanes?: LaneName[] } = {}) {
    return result(this.isNot, dropsNone(outcome(received, 'toDropNothing'), options.lanes));
  },
  toKeepReady(received: unknown, pods: number) {
    return result(this.isNot, keepsReady(outcome(received, 'toKeepReady'), pods));
  },
  toComeOut(received: unknown, verdict: Verdict) {
    return result(this.isNot, comesOut(outcome(received, 'toComeOut'), verdict));
  },
  toHold(received: unknown, measurement: Measurement) {
    return result(this.isNot, holds(outcome(received, 'toHold'), measurement));
  },
  toFailFor(received: unknown, cause: string) {
    return result(this.isNot, failsFor(outcome(received, 'toFailFor'), cause));
  },
});

function result(isNot: boolean | undefined, { holds, message }: Judgement) {
  // Vitest turns it round for `.not`: what is not known has to fail both ways.
  return { pass: holds ?? isNot === true, message: () => message(isNot === true) };
}

function outcome(received: unknown, matcher: string): Outcome {
  const given = asJudged(Object(received)) as Partial<Outcome>;
  const { verdict, history } = given;
  if (verdict?.checks === undefined || history?.observations === undefined) {
    throw new TypeError(`${matcher} is for the outcome of \`await rollout(…)\` or \`judged(…)\``);
  }
  return given as Outcome;
}
