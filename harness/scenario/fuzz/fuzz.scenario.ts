import { inject } from 'vitest';
import { fuzzScenarios } from './scenario.ts';

/** The scenarios of `rollproof run --fuzz`. */

const settings = inject('fuzz');
if (settings !== null && settings !== undefined) fuzzScenarios(settings);
