import { PROXIES_KNOW_MS } from './proxies.ts';
import type { Ending, StartedWorkload, WorkloadView } from './workload.ts';

/** `spec.replicas` of both Deployments. */
export type Step = [stable: number, canary: number];

/** Longest that a Deployment's pods may take to be ready endpoints, or to be gone. */
const STEP_BUDGET_MS = 120_000;

/** The canary's pods did not come up in time: no fault of the run. */
export class NotReady extends Error {}

/**
 * Whichever is to grow first, then whichever is to shrink: at no moment are fewer pods ready than before and after.
 *
 * @param readyMs longest that the canary may take to grow
 * @throws NotReady where it takes longer; nothing has been taken away then.
 */
export async function shift(
  workload: StartedWorkload,
  canary: string,
  step: Step,
  readyMs: number = STEP_BUDGET_MS,
): Promise<void> {
  const names = [workload.deployment, canary] as const;
  await workload.act('canary-step', told(step), async () => {
    const before = sizes(workload.now(), names);
    const changes = names.map((name, i) => ({ name, from: before[i]!, to: step[i]! }));
    for (const { name, to } of changes.filter(({ from, to }) => to > from)) {
      const there = await scaled(workload, name, to, name === canary ? readyMs : undefined);
      if (!there) throw new NotReady(`its pods were not ready endpoints within ${readyMs / 1000} s`);
    }
    for (const { name, to } of changes.filter(({ from, to }) => to < from)) await scaled(workload, name, to);
    // Before that, a step is not what clients see.
    await pass(workload, 'the proxies to know', PROXIES_KNOW_MS);
  });
}

/** @returns false where it was not that within `patienceMs`; without it, that is an error */
async function scaled(
  workload: StartedWorkload,
  name: string,
  replicas: number,
  patienceMs?: number,
): Promise<boolean> {
  const { cluster, namespace } = workload;
  const args = ['scale', `deployment/${name}`, `--replicas=${replicas}`];
  await workload.act('scale', `kubectl ${args.join(' ')}`, () => cluster.kubectl(['-n', namespace, ...args]));
  const deadline = performance.now() + (patienceMs ?? Number.POSITIVE_INFINITY);
  await workload.until(
    `${name} to be ${replicas} ready endpoints`,
    STEP_BUDGET_MS + (patienceMs ?? 0),
    (now) => is(now, name, replicas) || performance.now() > deadline,
  );
  return is(workload.now(), name, replicas);
}

/** All that it is to be, and nothing of it on its way or dying. */
function is({ pods, endpoints }: WorkloadView, name: string, replicas: number): boolean {
  const now = pods(name);
  return (
    now !== undefined &&
    [now.wanted, now.ready, now.available, endpoints(name)].every((count) => count === replicas) &&
    now.terminating === 0
  );
}

/** Both are what the step wants, and nothing is on its way any more. */
export const ended = (stable: string, canary: string, step: Step): Ending => ({
  what: told(step),
  holds: (now) => is(now, stable, step[0]) && is(now, canary, step[1]),
});

/** What is wanted of both now. */
export function sizes({ pods }: WorkloadView, [stable, canary]: readonly [string, string]): Step {
  return [pods(stable)?.wanted ?? 0, pods(canary)?.wanted ?? 0];
}

/** Lets time pass. */
export async function pass(workload: StartedWorkload, what: string, ms: number): Promise<void> {
  const begin = performance.now();
  if (ms > 0) await workload.until(what, 2 * ms + STEP_BUDGET_MS, () => performance.now() - begin >= ms);
}

export const told = ([stable, canary]: Step): string => `stable ${stable}, canary ${canary}`;
