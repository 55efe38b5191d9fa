import { keenness } from '../../checks/sensitivity.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { LaneName, Nanos, RequestSeen, ServerLog } from '../../history/types.ts';

/** One hole, or one block of requests, as one lane saw it. */
export interface Trial {
  /** "hole of 50 ms", "one in 1,000, 700 requests". */
  what: string;
  lane: LaneName;
  /** Requests a second that were planned for the lane. */
  rate: number;
  /** The probability with which it is missed, as the product states it. */
  predicted: number;
  missed: boolean;
}

/** An old pod is gone so long after the last new one listens: preStop sleep, drain, and some time for the proxy. */
const SETTLED: Nanos = 15e9;
/** The service's clock and the client's are one machine's, and a request takes some time on its way. */
const SLACK: Nanos = 0.12e9;

const HOLE = /^hole-([\d.]+)$/;

/** Each hole that a pod told of in its log, while nothing else happened, in each lane. */
export function holeTrials(history: ScenarioHistory): Trial[] {
  const logs = history.observations.filter((one): one is ServerLog => one.type === 'server');
  const from = Math.max(...logs.filter(({ event }) => event === 'listening').map(({ t }) => t)) + SETTLED;
  const to = history.markers.find(({ marker }) => marker === 'settled')?.t ?? 0;
  const holes = logs.filter(({ event, t }) => HOLE.test(event) && t >= from && t < to - 1e9);
  return keenness(history, { from, to }).flatMap(({ lane, missed }) => {
    const { rate } = history.started!.load.lanes.find(({ name }) => name === lane)!;
    const failed = Map.groupBy(
      history.requests.filter((one) => one.lane === lane && one.status === 500),
      ({ pod }) => pod,
    );
    return holes.map(({ t, pod, event }): Trial => {
      const ms = Number(HOLE.exec(event)![1]);
      const within = ({ t: begun }: RequestSeen) => begun > t - SLACK && begun < t + ms * 1e6 + SLACK;
      const seen = failed.get(pod)?.some(within) ?? false;
      return { what: `hole of ${ms} ms`, lane, rate, predicted: missed(ms / 1000), missed: !seen };
    });
  });
}

/** Requests that each lane made to the version in which one in 1,000 fails, in blocks of so many. */
export function rareTrials(history: ScenarioHistory, block: number): Trial[] {
  const version = history.started?.workload.versions?.new;
  return (history.started?.load.lanes ?? []).flatMap(({ name: lane, rate }) => {
    const sent = history.requests.filter((one) => one.lane === lane && one.version === version);
    return Array.from({ length: Math.floor(sent.length / block) }, (_, i): Trial => {
      const some = sent.slice(i * block, (i + 1) * block);
      const missed = some.every(({ status }) => status !== 500);
      return { what: `one in 1,000, ${block} requests`, lane, rate, predicted: (1 - 0.001) ** block, missed };
    });
  });
}
