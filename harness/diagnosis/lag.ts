import type { PodLife } from '../history/pod-lives.ts';
import { ofType, type ScenarioHistory } from '../history/select.ts';
import type { Nanos } from '../history/types.ts';

/** How long the data plane went on sending new connections to a pod after the slice had said that it is not ready. */
export interface EndpointLag {
  pod: string;
  /** The slice's word, as the watch brought it. */
  removed: Nanos;
  /** Milliseconds from then to the last new connection that went to the pod; 0 where none came after it. */
  ms: number;
  /** … and to the next one that went elsewhere: by then the proxy knew. Null where none came. */
  atMostMs: number | null;
}

/**
 * Measured from the connections that were really made, so exact to the distance between two of them. Empty where
 * connections were not tracked.
 */
export function endpointLags(history: ScenarioHistory, pods: PodLife[]): EndpointLag[] {
  const fresh = ofType(history, 'flow')
    .filter(({ event }) => event === 'new')
    .sort((a, b) => a.t - b.t);
  if (fresh.length === 0) return [];
  return pods.flatMap((pod) => {
    const { name, ip, endpointRemoved, gone } = pod;
    if (endpointRemoved === undefined || ip === '') return [];
    // An address that was given to another pod since is that one's.
    const until = Math.min(
      ...pods.filter((other) => other !== pod && other.ip === ip && other.seen > pod.seen).map(({ seen }) => seen),
      (gone ?? endpointRemoved) + 30e9,
    );
    const last = fresh.findLast((flow) => flow.pod === ip && flow.t > endpointRemoved && flow.t < until);
    const next = fresh.find((flow) => flow.pod !== ip && flow.t > (last?.t ?? endpointRemoved));
    const ms = (t: Nanos) => Math.round((t - endpointRemoved) / 1e5) / 10;
    return [
      {
        pod: name,
        removed: endpointRemoved,
        ms: last === undefined ? 0 : ms(last.t),
        atMostMs: next === undefined ? null : ms(next.t),
      },
    ];
  });
}
