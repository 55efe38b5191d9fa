import type { Transition } from '../drivers/workload.ts';
import type { Claim, Expectation, Verdict } from '../history/types.ts';
import type { LoadSettings } from './load-plan.ts';
import type { ServiceUnderTest } from './service.ts';

export interface ScenarioDefinition {
  /** Given this service … */
  given: ServiceUnderTest;
  /** Longest that it may take to come up before anything is rolled, seconds. Default 120. */
  readySeconds?: number;
  /** Longest that each transition may take until it is rolled out and no old pod terminates any more, seconds. Default 180. */
  settleSeconds?: number;
  /** … under this load (see `load`) … */
  under?: LoadSettings;
  /** … on a cluster with so many nodes, all of which take pods; any will do without … */
  on?: { nodes: number };
  /** … when this transition is driven … */
  when: Transition;
  /** … then this verdict is what a right detector gives. */
  expect: Verdict | Expectation;
  /** … and these sentences about it hold, or are expected not to. See `claim`. */
  claims?: Claim[];
  /** It is known to be bad, and there to test the detector: where it is not caught, the whole run is inconclusive. */
  selfTest?: true;
}
