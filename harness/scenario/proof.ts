import type { Proof } from '../history/types.ts';
import type { ProofVerdict, ScenarioVerdict } from '../report/verdict.ts';

/** Sets a scenario that tried a fix beside the one that it was to mend. */
export function withProof(
  scenario: ScenarioVerdict,
  proof: Proof | undefined,
  all: ScenarioVerdict[],
): ScenarioVerdict {
  const before = proof === undefined ? undefined : all.find(({ name }) => name === proof.of);
  if (proof === undefined || before === undefined) return scenario;
  const names = (pick: (one: ScenarioVerdict) => string[]) => [...new Set([...pick(before), ...pick(scenario)])];
  const drops = (one: ScenarioVerdict, cause: string) =>
    one.causes.filter((each) => each.cause === cause).reduce((sum, { count }) => sum + count, 0);
  const lost = (one: ScenarioVerdict, lane: string) => one.lanes.find(({ name }) => name === lane)?.dropped ?? 0;
  return {
    ...scenario,
    proof: {
      ...proof,
      outcome: outcome(before, scenario),
      causes: names(({ causes }) => causes.map(({ cause }) => cause)).map((cause) => ({
        cause,
        before: drops(before, cause),
        after: drops(scenario, cause),
      })),
      lanes: names(({ lanes }) => lanes.map(({ name }) => name))
        .filter((lane) => lane !== 'control')
        .map((lane) => ({ lane, before: lost(before, lane), after: lost(scenario, lane) })),
    },
  };
}

/** Ends it: passed. In part: a lane that dropped before is clean now, or the share of what is dropped has halved. */
function outcome(before: ScenarioVerdict, after: ScenarioVerdict): ProofVerdict['outcome'] {
  if (after.verdict === 'inconclusive' || before.verdict !== 'fail') return 'open';
  if (after.verdict === 'pass') return 'ends-it';
  const cleaned = before.lanes.some(
    ({ name, dropped }) => dropped > 0 && after.lanes.some((lane) => lane.name === name && lane.dropped === 0),
  );
  return cleaned || share(after) <= share(before) / 2 ? 'in-part' : 'not';
}

/** Dropped of sent, over all lanes but control. */
function share({ lanes }: ScenarioVerdict): number {
  const judged = lanes.filter(({ name }) => name !== 'control');
  const sum = (of: 'dropped' | 'sent') => judged.reduce((total, lane) => total + lane[of], 0);
  return sum('sent') === 0 ? 0 : sum('dropped') / sum('sent');
}
