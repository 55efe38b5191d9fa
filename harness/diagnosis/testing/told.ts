import type { PodLife } from '../../history/pod-lives.ts';
import { s } from '../../history/testing/build.ts';
import type { RequestSeen } from '../../history/types.ts';

/** Pods and requests that are written down, for rules that are looked at by themselves. Instants in seconds. */

export const NO_TIME = { blocked: 0, connecting: 0, tls: 0, sending: 0, waiting: 0, receiving: 0 };

/** Refused: no connection came about. */
export const refused = (from: number, to: number, more: Partial<RequestSeen> = {}): RequestSeen =>
  ({
    request: 'new-1-1',
    t: s(from),
    end: s(to),
    status: 0,
    errorCode: 1212,
    reused: false,
    bytes: 0,
    pod: '',
    phases: NO_TIME,
    ...more,
  }) as RequestSeen;

/** What else is known of a pod, but its instants. */
type Fact =
  | 'name'
  | 'uid'
  | 'owner'
  | 'labels'
  | 'serving'
  | 'ready'
  | 'endpoint'
  | 'crashes'
  | 'hasReadinessProbe'
  | 'hasPreStop'
  | 'processes'
  | 'gracePeriodSeconds'
  | 'preStopSleep'
  | 'oomKilled'
  | 'exitCode';
export type Instants = { [key in Exclude<keyof PodLife, Fact>]?: number | undefined };

/** A pod named a1. */
export function podAt(instants: Instants, facts: Partial<Pick<PodLife, Fact>> = {}): PodLife {
  const inNanos = Object.entries(instants).flatMap(([key, at]) => (at === undefined ? [] : [[key, s(at)] as const]));
  return {
    name: 'a1',
    uid: facts.name ?? 'a1',
    labels: {},
    hasReadinessProbe: true,
    gracePeriodSeconds: 30,
    crashes: [],
    ...Object.fromEntries(inNanos),
    ...facts,
  } as unknown as PodLife;
}
