/** The authoring API: what a scenario file imports. Importing it registers the matchers. */
import './scenario/matchers.ts';

export { keepsReady } from './checks/claims/availability.ts';
export { aborts, canaryIsNoWorse, dropsNothingElse, promotes } from './checks/claims/canary.ts';
export { keptSplitsDifferently, oddsAre, splitsEvenly } from './checks/claims/canary-split.ts';
export { dippedBy } from './checks/claims/dipped-by.ts';
export { asLongAs, duration, matchesModel } from './checks/claims/durations.ts';
export { killCuts, killedAfter } from './checks/claims/grace.ts';
export { watchIsTimely, watchShowsAll } from './checks/claims/kubectl-watch.ts';
export { readyMeansListening } from './checks/claims/listening.ts';
export { mixesVersionsWhilePaused, resumes, scalesNothingWhilePaused } from './checks/claims/pause.ts';
export { peakIs } from './checks/claims/peak.ts';
export { unreadyGetNothing } from './checks/claims/reach.ts';
export { keepsPods } from './checks/claims/replaced.ts';
export { livenessHoldsBack, readinessGuides } from './checks/claims/restarts.ts';
export {
  historyListsRevisions,
  inheritsCause,
  listsCause,
  noLongerLists,
  recordIsDeprecated,
  recordMarks,
  showsTemplate,
  undoReuses,
} from './checks/claims/revisions.ts';
export {
  answersUntilExit,
  finishesInFlight,
  leavesBeforeClosing,
  nothingComesAfterSigterm,
  readinessTakesOut,
} from './checks/claims/shutdown.ts';
export {
  countsCompleteAtStatus,
  onlyNewAnswersAfterStatus,
  onlyNewPodsAtStatus,
  statusShowsProgress,
} from './checks/claims/status.ts';
export { getsStuck, reversesByItself } from './checks/claims/stuck.ts';
export { switchesWithin } from './checks/claims/switch.ts';
export { dropsNothing } from './checks/claims/traffic.ts';
export { makesReplicaSets, podsGo, readyAtLeast, sameWaves, wantedAtMost } from './checks/claims/waves.ts';
export { apply, applyFile } from './drivers/apply.ts';
export { beside, type Observer } from './drivers/beside.ts';
export { type BlueGreen, blueGreen, switchBack } from './drivers/blue-green.ts';
export { type CanarySettings, canary } from './drivers/canary.ts';
export { type At, inTurn, overtaken, rollover } from './drivers/combine.ts';
export { deletePods } from './drivers/delete-pods.ts';
export { drain } from './drivers/drain.ts';
export { hold } from './drivers/hold.ts';
export { holdUpProxies } from './drivers/hold-up-proxies.ts';
export { inspect } from './drivers/inspect.ts';
export { moveTag } from './drivers/move-tag.ts';
export { patch } from './drivers/patch.ts';
export { pause, pauseResume, resume } from './drivers/pause.ts';
export { restart } from './drivers/restart.ts';
export { rollback } from './drivers/rollback.ts';
export { type Rolling, rolling } from './drivers/rolling.ts';
export { rolloutStatus } from './drivers/rollout-status.ts';
export { scale } from './drivers/scale.ts';
export { stalls } from './drivers/stalls.ts';
export { watchPods } from './drivers/watch-pods.ts';
export { within } from './drivers/within.ts';
export type { Step, Transition } from './drivers/workload.ts';
export type { Claim, Expectation, LaneName, Measurement, Verdict } from './history/types.ts';
export { claim } from './scenario/claim.ts';
export type { ScenarioDefinition } from './scenario/definition.ts';
export { sequence } from './scenario/fuzz/drive.ts';
export { load } from './scenario/load.ts';
export type { HeldLane, LoadSettings } from './scenario/load-plan.ts';
export { judged, type Outcome } from './scenario/outcome.ts';
export { type RolloutDefinition, rollout } from './scenario/rollout.ts';
export { scenario } from './scenario/scenario.ts';
export type { ImageSource, OwnService, ServiceUnderTest } from './scenario/service.ts';
export { sampleService, service } from './scenario/service.ts';
export type { ServiceSettings, Share } from './scenario/settings.ts';
