import type { CauseName } from '../catalogue.ts';
import type { Rule } from '../drop.ts';
import { DATA_PLANE } from './data-plane.ts';
import { READINESS } from './readiness.ts';
import { SHUTDOWN } from './shutdown.ts';
import { STRATEGY } from './strategy.ts';

/** What has to hold for each cause. */
export const RULES: Record<Exclude<CauseName, 'unattributed'>, Rule> = {
  ...SHUTDOWN,
  ...READINESS,
  ...STRATEGY,
  ...DATA_PLANE,
  'incompatible-versions': ({ phase, place, context }) =>
    phase === 'answer' && place?.by === 'the answer' && context.atOdds,
};
