/** The authoring API: what a scenario file imports. */
export { rolling } from './drivers/rolling.ts';
export type { Expectation, LaneName, Verdict } from './history/types.ts';
export type { ScenarioDefinition } from './scenario/definition.ts';
export type { LoadSettings } from './scenario/load-plan.ts';
export { scenario } from './scenario/scenario.ts';
export type { ServiceUnderTest } from './scenario/service.ts';
export { sampleService } from './scenario/service.ts';
