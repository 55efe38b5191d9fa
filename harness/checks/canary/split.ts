import { replay } from '../../history/replay.ts';
import type { ScenarioHistory } from '../../history/select.ts';
import type { LaneName, Nanos, RequestSeen } from '../../history/types.ts';
import type { Step } from './judge.ts';
import { canaryOf, deploymentsOf, type HeldStep, heldSteps } from './steps.ts';

/** What a lane saw of a step while it was held. */
export interface LaneSplit {
  held: HeldStep;
  /** The canary's share of the pods that the step asks for. */
  share: number;
  /** Answers by either version; of a kept lane, those that came over a connection that was kept. */
  canary: RequestSeen[];
  stable: RequestSeen[];
}

/** A kept lane's connections, one for each of its users. */
export interface ConnectionSplit {
  canary: number;
  stable: number;
  /** Opened before the canary had a ready endpoint: no choice could have led them to it. */
  older: number;
}

/** Undefined where there was no such step, or no canary at all. */
export function laneSplit(history: ScenarioHistory, step: Step, lane: LaneName): LaneSplit | undefined {
  const held = heldSteps(history).find((one) => one.step.join() === step.join());
  const names = canaryOf(history);
  if (held === undefined || names === undefined) return undefined;
  const deploymentOf = deploymentsOf(history);
  const kept = history.started?.load.lanes.find(({ name }) => name === lane)?.connection === 'reused';
  const inside = history.requests.filter(
    (one) => one.lane === lane && one.t >= held.from && one.t < held.to && (!kept || one.reused),
  );
  const of = (name: string) => inside.filter(({ pod }) => deploymentOf(pod) === name);
  return { held, share: step[1] / (step[0] + step[1]), canary: of(names.canary), stable: of(names.stable) };
}

/** Where a kept lane's connections led to: each by its last answer while the step was held. */
export function connectionSplit(history: ScenarioHistory, { held, canary, stable }: LaneSplit): ConnectionSplit {
  const last = new Map<string, 'canary' | 'stable'>();
  const answers = [
    ...canary.map(({ request, t }) => ({ user: userOf(request), t, side: 'canary' as const })),
    ...stable.map(({ request, t }) => ({ user: userOf(request), t, side: 'stable' as const })),
  ].sort((a, b) => a.t - b.t);
  for (const { user, side } of answers) last.set(user, side);
  const opened = openings(history, held.to);
  const ready = canaryReady(history) ?? Number.POSITIVE_INFINITY;
  const sides = [...last];
  return {
    canary: sides.filter(([, side]) => side === 'canary').length,
    stable: sides.filter(([, side]) => side === 'stable').length,
    older: sides.filter(([user]) => (opened.get(user) ?? Number.POSITIVE_INFINITY) < ready).length,
  };
}

/** When a canary's pod was a ready endpoint for the first time. */
export function canaryReady(history: ScenarioHistory): Nanos | undefined {
  const name = canaryOf(history)?.canary;
  const deploymentOf = deploymentsOf(history);
  for (const { t, endpoints } of replay(history))
    for (const { pod, ready } of endpoints.values()) if (ready && deploymentOf(pod) === name) return t;
  return undefined;
}

/** By user, when the connection that it had at `until` was opened: its last request before that went over a new one. */
function openings({ requests }: ScenarioHistory, until: Nanos): Map<string, Nanos> {
  const opened = new Map<string, Nanos>();
  for (const { request, reused, t } of requests) if (!reused && t < until) opened.set(userOf(request), t);
  return opened;
}

/** "kept-41-8" → "kept-41": k6 keeps a connection for each VU. */
const userOf = (request: string): string => request.replace(/-\d+$/, '');
