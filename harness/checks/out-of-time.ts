import type { ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';
import { isTimeOut, type ProbeFailure, probeFailures } from './probe-failures.ts';
import { starvedAt } from './starved.ts';

/** Three failures of a probe with the default period of 10 s, and its time-out. */
const PROBES_BEFORE: Nanos = 35e9;

/** Events are told late. */
const TOLD_LATE: Nanos = 2e9;

/** What the kubelet said of a pod's probe up to an instant: as far back as it decides on whether the pod is ready then. */
export const saidBefore = (history: ScenarioHistory, pod: string, t: Nanos, since: Nanos): ProbeFailure[] =>
  probeFailures(history).filter(
    (one) => one.pod === pod && one.t <= t + TOLD_LATE && one.t > Math.max(since, t - PROBES_BEFORE),
  );

/**
 * What was said of it last, up to an instant: the kubelet tells of a failure 25 times, and then every five minutes only, so that
 * this may be long ago; a pod that was ready since has to have failed anew.
 */
export function saidLast(history: ScenarioHistory, pod: string, t: Nanos, since: Nanos): ProbeFailure[] {
  const last = probeFailures(history).findLast((one) => one.pod === pod && one.t <= t + TOLD_LATE);
  return last === undefined ? [] : saidBefore(history, pod, last.t, since);
}

/** All of it was time-outs, each while the machine had no processor to spare: it may not be the service's. */
export const forWantOfProcessor = (history: ScenarioHistory, said: ProbeFailure[]): boolean =>
  said.length > 0 && said.every((one) => isTimeOut(one.message) && starvedAt(history, one.t));
