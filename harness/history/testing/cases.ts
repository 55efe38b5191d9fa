import { BLIND } from './cases/blind.ts';
import type { Case } from './cases/case.ts';
import { CONTROLLERS } from './cases/controllers.ts';
import { DATA_PLANE } from './cases/data-plane.ts';
import { READINESS } from './cases/readiness.ts';
import { SHUTDOWN } from './cases/shutdown.ts';
import { STRATEGY } from './cases/strategy.ts';

/** Literal histories, by the name of their folder in fixtures/histories/, where it is written what is right for each. */
export const CASES: Record<string, Case> = {
  ...SHUTDOWN,
  ...READINESS,
  ...STRATEGY,
  ...CONTROLLERS,
  ...DATA_PLANE,
  ...BLIND,
};
