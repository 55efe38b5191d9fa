import type { ScenarioHistory } from '../../history/select.ts';
import type { Claim, Measurement } from '../../history/types.ts';
import { keepsReady } from './availability.ts';
import { aborts, canaryIsNoWorse, dropsNothingElse, promotes } from './canary.ts';
import { keptSplitsDifferently, oddsAre, splitsEvenly } from './canary-split.ts';
import { dippedBy } from './dipped-by.ts';
import { asLongAs, duration, matchesModel } from './durations.ts';
import { killCuts, killedAfter } from './grace.ts';
import { watchIsTimely, watchShowsAll } from './kubectl-watch.ts';
import { readyMeansListening } from './listening.ts';
import type { Measure, Measured } from './measure.ts';
import { mixesVersionsWhilePaused, resumes, scalesNothingWhilePaused } from './pause.ts';
import { peakIs } from './peak.ts';
import { unreadyGetNothing } from './reach.ts';
import { keepsPods } from './replaced.ts';
import { livenessHoldsBack, readinessGuides } from './restarts.ts';
import {
  historyListsRevisions,
  inheritsCause,
  listsCause,
  noLongerLists,
  recordIsDeprecated,
  recordMarks,
  showsTemplate,
  undoReuses,
} from './revisions.ts';
import {
  answersUntilExit,
  finishesInFlight,
  leavesBeforeClosing,
  nothingComesAfterSigterm,
  readinessTakesOut,
} from './shutdown.ts';
import {
  countsCompleteAtStatus,
  onlyNewAnswersAfterStatus,
  onlyNewPodsAtStatus,
  statusShowsProgress,
} from './status.ts';
import { getsStuck, reversesByItself } from './stuck.ts';
import { switchesWithin } from './switch.ts';
import { dropsNothing } from './traffic.ts';
import { makesReplicaSets, podsGo, readyAtLeast, sameWaves, wantedAtMost } from './waves.ts';

// A measure reads its own arguments only, which `define` has typed: that they differ does not matter here.
type AnyMeasure = Measure<never>;

/** Every measure, by the name under which a history has it. */
const MEASURES: ReadonlyMap<string, AnyMeasure> = new Map(
  [
    keepsReady,
    dippedBy,
    asLongAs,
    duration,
    matchesModel,
    killCuts,
    killedAfter,
    mixesVersionsWhilePaused,
    resumes,
    scalesNothingWhilePaused,
    unreadyGetNothing,
    answersUntilExit,
    finishesInFlight,
    leavesBeforeClosing,
    nothingComesAfterSigterm,
    readinessTakesOut,
    getsStuck,
    reversesByItself,
    aborts,
    canaryIsNoWorse,
    dropsNothing,
    dropsNothingElse,
    countsCompleteAtStatus,
    historyListsRevisions,
    keepsPods,
    inheritsCause,
    listsCause,
    noLongerLists,
    onlyNewAnswersAfterStatus,
    onlyNewPodsAtStatus,
    recordIsDeprecated,
    recordMarks,
    showsTemplate,
    statusShowsProgress,
    undoReuses,
    wantedAtMost,
    watchIsTimely,
    watchShowsAll,
    keptSplitsDifferently,
    livenessHoldsBack,
    makesReplicaSets,
    oddsAre,
    peakIs,
    podsGo,
    promotes,
    readinessGuides,
    readyAtLeast,
    readyMeansListening,
    sameWaves,
    splitsEvenly,
    switchesWithin,
  ].map((one) => [one.measure, one as unknown as AnyMeasure]),
);

export interface JudgedClaim extends Measured {
  claim: Claim;
  /** It came out as expected. A claim that could not be measured never does. */
  asExpected: boolean;
}

/** Measures every claim of a scenario. */
export function judgeClaims(history: ScenarioHistory): JudgedClaim[] {
  return (history.started?.claims ?? []).map((claim) => {
    const measured = take(history, claim);
    return { claim, ...measured, asExpected: measured.holds === claim.holds };
  });
}

/** Takes a measurement of a scenario. What throws, and what examined nothing, is not known. */
export function take(history: ScenarioHistory, measurement: Measurement): Measured {
  const nothing = { holds: undefined, examined: 0, witnesses: [] };
  const measure = MEASURES.get(measurement.measure);
  if (measure === undefined) return { ...nothing, figures: `this version has no measure "${measurement.measure}"` };
  try {
    const measured = measure.take(history, measurement.with as never);
    return measured.examined > 0 ? measured : { ...measured, holds: undefined };
  } catch (error) {
    return { ...nothing, figures: `the measure failed itself: ${error instanceof Error ? error.message : error}` };
  }
}
