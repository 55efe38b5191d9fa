import { replay } from '../../history/replay.ts';
import type { LaneName } from '../../history/types.ts';
import { percent, percents, type Step } from '../canary/judge.ts';
import { connectionSplit, laneSplit } from '../canary/split.ts';
import { canaryOf, deploymentsOf, heldSteps } from '../canary/steps.ts';
import { binomialInterval, TESTS } from '../canary/tests.ts';
import { define, unseen } from './measure.ts';

/**
 * While the step is held, the canary's share of a lane's requests is its share of the pods: the exact interval at that
 * confidence holds it. An interval that is wider than the share itself says nothing.
 */
export const splitsEvenly = define<{ step: Step; lane?: LaneName; confidence?: number }>(
  'splits-evenly',
  (history, { step, lane = 'new', confidence = 0.9999 }) => {
    const split = laneSplit(history, step, lane);
    if (split === undefined) return unseen(`no step of ${step.join(' + ')} was held`);
    const [hits, of] = [split.canary.length, split.canary.length + split.stable.length];
    if (of === 0) return unseen(`no request of the lane ${lane} was answered in that step`);
    const [at, shown] = [binomialInterval(hits, of, confidence), binomialInterval(hits, of, 0.95)];
    const within = at.low <= split.share && split.share <= at.high;
    const tells = at.high - at.low <= Math.min(split.share, 1 - split.share);
    return {
      holds: !within ? false : tells ? true : undefined,
      figures: `${lane}: ${hits} of ${of} requests to the canary, ${percent(hits / of)}; ${percents(shown)} at 95%, ${percents(at)} at ${confidence * 100}% (${TESTS.interval}); by its pods ${percent(split.share)}`,
      examined: of,
      witnesses: [],
    };
  },
);

/**
 * A kept lane's share is not that of the pods: its connections were opened when they were, most of them before there was
 * a canary. It holds where the exact interval of the share of connections leaves the pods' share out, or where half of the
 * connections or more are older than the canary.
 */
export const keptSplitsDifferently = define<{ step: Step; lane: LaneName; confidence?: number }>(
  'kept-splits-differently',
  (history, { step, lane, confidence = 0.95 }) => {
    const split = laneSplit(history, step, lane);
    if (split === undefined) return unseen(`no step of ${step.join(' + ')} was held`);
    const connections = connectionSplit(history, split);
    const of = connections.canary + connections.stable;
    if (of === 0) return unseen(`no kept connection of the lane ${lane} was seen in that step`);
    const interval = binomialInterval(connections.canary, of, confidence);
    const excluded = split.share < interval.low || split.share > interval.high;
    const requests = split.canary.length + split.stable.length;
    return {
      holds: excluded || connections.older >= of / 2,
      figures: `${lane}: ${connections.canary} of ${of} connections lead to the canary, ${percents(interval)} at ${confidence * 100}% (${TESTS.interval}), and ${split.canary.length} of ${requests} requests, ${percent(split.canary.length / requests)}; ${connections.older} of the connections are older than the canary; by its pods ${percent(split.share)}`,
      examined: of,
      witnesses: [],
    };
  },
);

/** As long as the step is held, so many ready endpoints are stable's and so many the canary's. */
export const oddsAre = define<{ step: Step; odds: Step }>('odds-are', (history, { step, odds }) => {
  const held = heldSteps(history).find((one) => one.step.join() === step.join());
  const names = canaryOf(history);
  if (held === undefined || names === undefined) return unseen(`no step of ${step.join(' + ')} was held`);
  const deploymentOf = deploymentsOf(history);
  const seen = new Map<string, string>();
  let examined = 0;
  for (const { t, event, endpoints } of replay(history)) {
    if (t >= held.to) break;
    const ready = [...endpoints.values()].filter((one) => one.ready);
    const count = (name: string) => ready.filter(({ pod }) => deploymentOf(pod) === name).length;
    // What was there when the step began to be held counts too: the last state before it.
    if (t < held.from) seen.clear();
    seen.set(`${count(names.stable)}:${count(names.canary)}`, event.id);
    examined = seen.size;
  }
  return {
    holds: examined > 0 && [...seen.keys()].every((one) => one === odds.join(':')),
    figures: `ready endpoints, stable : canary, were ${[...seen.keys()].join(', then ')}; each of them is 1 of ${step[0] + step[1]}`,
    examined,
    witnesses: [...seen.values()],
  };
});
