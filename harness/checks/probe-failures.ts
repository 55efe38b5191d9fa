import { eventTime } from '../history/objects.ts';
import { objectsOf, type ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';

export interface ProbeFailure {
  t: Nanos;
  id: string;
  namespace: string;
  pod: string;
  message: string;
}

/** Nobody answered in time: "Get …: context deadline exceeded (Client.Timeout exceeded …)", "command timed out". */
export const isTimeOut = (message: string): boolean => /deadline exceeded|timed? ?out/i.test(message);

/** The kubelet's `Unhealthy` events. They are repeated as `count` rises; each repetition is one. */
export function probeFailures(history: ScenarioHistory): ProbeFailure[] {
  return objectsOf(history, 'Event').flatMap((one) => {
    if (one.verb === 'deleted') return [];
    const { reason, message, involvedObject } = one.object as {
      reason?: string;
      message?: string;
      involvedObject?: { name?: string };
    };
    if (reason !== 'Unhealthy') return [];
    const { id, namespace } = one;
    return [
      { t: eventTime(one, history.epochMs), id, namespace, pod: involvedObject?.name ?? '', message: message ?? '' },
    ];
  });
}
