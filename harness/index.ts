/** The authoring API: what a scenario file imports. */

export { peakIs } from './checks/claims/peak.ts';
export { switchesWithin } from './checks/claims/switch.ts';
export { dropsNothing } from './checks/claims/traffic.ts';
export { type BlueGreen, blueGreen, switchBack } from './drivers/blue-green.ts';
export { type At, inTurn, overtaken, rollover } from './drivers/combine.ts';
export { patch } from './drivers/patch.ts';
export { restart } from './drivers/restart.ts';
export { rollback } from './drivers/rollback.ts';
export { rolling } from './drivers/rolling.ts';
export { scale } from './drivers/scale.ts';
export type { Transition } from './drivers/workload.ts';
export type { Claim, Expectation, LaneName, Measurement, Verdict } from './history/types.ts';
export { claim } from './scenario/claim.ts';
export type { ScenarioDefinition } from './scenario/definition.ts';
export type { LoadSettings } from './scenario/load-plan.ts';
export { scenario } from './scenario/scenario.ts';
export type { ServiceUnderTest } from './scenario/service.ts';
export { sampleService } from './scenario/service.ts';
export type { ServiceSettings, Share } from './scenario/settings.ts';
