import type { LanePlan, LoadPlan } from '../history/types.ts';
import { type StartedLane, startLane, startSharedLane, together } from '../load/lanes.ts';
import type { Clock } from '../recorders/clock.ts';
import type { HistoryWriter } from '../recorders/history-writer.ts';
import type { ScenarioDefinition } from './definition.ts';
import type { ControlTarget, Place } from './place.ts';
import type { Target } from './target.ts';
import { aborted } from './until.ts';

/** How a scenario's lanes are started, all of a kind at once. */
export interface Lanes {
  control(target: ControlTarget): Promise<StartedLane[]>;
  judged(target: Target): Promise<StartedLane[]>;
}

interface LanesOptions {
  definition: Pick<ScenarioDefinition, 'under'>;
  place: Pick<Place, 'k6'>;
  /** The scenario's. */
  namespace: string;
  plan: LoadPlan;
  clock: Clock;
  history: Pick<HistoryWriter, 'append'>;
  signal: AbortSignal;
}

export function lanesOn({ definition, place, namespace, plan, clock, history, signal }: LanesOptions): Lanes {
  const { post: body, headers, script, pods = 1 } = definition.under ?? {};
  const common = { start: place.k6(namespace, signal), clock, append: history.append };
  const timeoutOf = (lane: LanePlan) => ({ timeoutMs: lane.timeoutMs ?? plan.timeoutMs });
  const [control, judged] = [true, false].map((is) => plan.lanes.filter(({ name }) => (name === 'control') === is));
  return {
    control: (target) =>
      together(control!.map((lane) => startLane({ ...common, ...target, lane, ...timeoutOf(lane) }))),
    judged: ({ origin }) =>
      together(
        judged!.map((lane) => {
          const options = {
            ...common,
            url: `${origin}${lane.path ?? plan.path}`,
            lane,
            ...timeoutOf(lane),
            ...(lane.name === 'own' && script !== undefined ? { script } : {}),
            ...(body === undefined ? {} : { body }),
            ...(headers === undefined ? {} : { headers }),
            ...(plan.goodBody === undefined || lane.path !== undefined ? {} : { wanted: plan.goodBody }),
          };
          return startSharedLane(options, pods);
        }),
      ),
  };
}

/** Every connection of theirs has carried a request. Rejects where the run is stopped before. */
export const warm = (lanes: StartedLane[], signal: AbortSignal): Promise<unknown> =>
  Promise.race([Promise.all(lanes.map((lane) => lane.warm)), aborted(signal)]);

/** So that no load is left where something else ends the scenario: also of lanes that are still starting. */
export async function removed(starting: Promise<StartedLane[]>): Promise<void> {
  const lanes = await starting.catch(() => []);
  await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
}
