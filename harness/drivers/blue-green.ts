import type { Nanos, RequestSeen } from '../history/types.ts';
import { renameImage } from './images.ts';
import { PROXIES_KNOW_MS } from './proxies.ts';
import { endpointsAre, isGone, isUp, switchTo } from './switch.ts';
import { type LiveDeployment, twinOf } from './twin.ts';
import {
  deploymentPath,
  type Ending,
  NotReached,
  notEnded,
  type StartedWorkload,
  type Transition,
  type WorkloadView,
} from './workload.ts';

export type BlueGreen = Green &
  Removal & {
    /** `switch-first`, which is wrong, does not wait until green's pods are available. Default `ready-first`. */
    order?: 'ready-first' | 'switch-first';
  };

/** What becomes of the side that the selector has left. */
export interface Removal {
  /**
   * How long it is kept after the switch: until it has answered nothing for `quietSeconds` (more than its longest answer
   * takes), `atMostSeconds` at most, because clients that keep their connections never leave it by themselves. Default 3
   * and 10.
   */
  drain?: { quietSeconds?: number; atMostSeconds?: number };
  /**
   * Scaled to 0. `at-once`, which is wrong, does so as soon as the Service's endpoints are the other side's. `never`
   * leaves both up, for a way back; what clients have kept stays where it is. Default `drained`.
   */
  remove?: 'drained' | 'at-once' | 'never';
}

/** Green's name, and where it comes from; with neither image nor manifest it is there already. */
interface Green {
  deployment: string;
  /** It is blue as that is then, with this image in the only container (or the one that is named), and with other labels. */
  image?: string;
  container?: string;
  labels?: Record<string, string>;
  /** Of a file, as `kubectl apply -f` takes it. */
  manifest?: string;
}

const ENDPOINTS_BUDGET_MS = 60_000;

/**
 * A second Deployment, green, takes over from the workload's own, blue: green is created (its default label is
 * `color: green`) and awaited (as long as a transition may take), the Service's selector is switched to its pods, blue drains and is scaled to 0. The
 * selector has to ask for a label that both have and by which they differ. `manifest` is a path, as `kubectl apply -f`
 * takes it.
 */
export function blueGreen(options: BlueGreen): Transition {
  const { deployment: green, order = 'ready-first' } = options;
  return {
    kind: 'blue-green',
    detail: `the Service's selector to ${green}${order === 'switch-first' ? ', before it is ready' : ''}`,
    facts: ({ deployment, now }) => ({ to: green, limits: limitsOf(now(), deployment) }),
    async drive(workload) {
      await create(workload, options);
      const up = { what: `every pod of ${green} to be available`, holds: (now: WorkloadView) => isUp(now.pods(green)) };
      try {
        if (order === 'ready-first') await step(workload, 'await-green', up.what, workload.settleBudgetMs, up.holds);
      } catch (error) {
        // Nobody is led to it: the Service stays blue's.
        if (error instanceof NotReached) return notEnded(up, error);
        throw error;
      }
      return takeOver(workload, { of: green, not: workload.deployment }, options);
    },
    withImages: (images) =>
      blueGreen(options.image === undefined ? options : { ...options, image: renameImage(options.image, images) }),
  };
}

/**
 * The Service's selector back to the workload's own Deployment, which is still up beside the one that took over; that
 * one then drains and is scaled to 0.
 */
export function switchBack(options: { deployment: string } & Removal): Transition {
  const { deployment: green } = options;
  return {
    kind: 'switch-back',
    detail: `the Service's selector back from ${green}`,
    facts: ({ deployment, now }) => ({ to: deployment, limits: limitsOf(now(), deployment) }),
    drive: (workload) => takeOver(workload, { of: workload.deployment, not: green }, options),
    withImages: () => switchBack(options),
  };
}

/** As many as blue has are available throughout, and twice as many are wanted at most. */
function limitsOf(now: WorkloadView, blue: string): { floor: number; ceiling: number } {
  const { wanted = 0 } = now.pods(blue) ?? {};
  return { floor: wanted, ceiling: 2 * wanted };
}

/** One side takes over from the other; both are up, or nearly. */
async function takeOver(
  workload: StartedWorkload,
  sides: { of: string; not: string },
  { drain = {}, remove = 'drained' }: Removal,
): Promise<Ending> {
  const { cluster, namespace } = workload;
  const { of, not } = sides;
  await switchTo(workload, of);
  await step(workload, 'await-endpoints', `the Service's endpoints to be ${of}'s`, ENDPOINTS_BUDGET_MS, (now) =>
    endpointsAre(now, sides),
  );
  if (remove !== 'at-once') await drained(workload, not, drain);
  if (remove === 'never') return onlyTo(workload, sides);
  const scale = ['scale', `deployment/${not}`, '--replicas=0'];
  await workload.act('remove', `kubectl ${scale.join(' ')}`, () => cluster.kubectl(['-n', namespace, ...scale]));
  return { what: `${not} to be gone`, holds: (now) => isGone(now.pods(not)) && now.settled(1, of) };
}

async function create(workload: StartedWorkload, options: Green): Promise<void> {
  const { cluster, namespace, deployment: blue } = workload;
  const { deployment: name } = options;
  const apply = (file: string, input?: string) =>
    cluster.kubectl(['-n', namespace, 'apply', '-f', file], input === undefined ? {} : { input });
  if (options.manifest !== undefined) {
    const { manifest } = options;
    await workload.act('create-green', `kubectl apply -f ${manifest}`, () => apply(manifest));
    return;
  }
  if (options.image === undefined) return;
  const { image, container, labels = { color: 'green' } } = options;
  const live = await cluster.api.get<LiveDeployment>(deploymentPath(workload));
  const twin = twinOf(live, { name, labels, image, ...(container === undefined ? {} : { container }) });
  await workload.act('create-green', `kubectl apply: ${name}, as ${blue} but with ${image}`, () =>
    apply('-', JSON.stringify(twin)),
  );
}

/** A wait that the history has with its beginning and its end. */
async function step(
  workload: StartedWorkload,
  action: string,
  what: string,
  budgetMs: number,
  holds: (now: WorkloadView) => boolean,
): Promise<void> {
  await workload.act(action, `waits for ${what}`, () => workload.until(what, budgetMs, holds));
}

/** Waits until a side is let go of, or its time is over; says which in the action's output. */
async function drained(
  workload: StartedWorkload,
  side: string,
  { quietSeconds = 3, atMostSeconds = 10 }: NonNullable<Removal['drain']>,
): Promise<void> {
  const { clock } = workload;
  const what = `${side} to answer nothing for ${quietSeconds} s, or ${atMostSeconds} s to pass`;
  await workload.act('drain', `waits for ${what}`, async () => {
    const begin = clock();
    let quiet = false;
    await workload.until(what, atMostSeconds * 1000 + ENDPOINTS_BUDGET_MS, (now) => {
      const t = clock();
      quiet = t - begin >= quietSeconds * 1e9 && !answered(now, side, t - quietSeconds * 1e9);
      return quiet || t - begin >= atMostSeconds * 1e9;
    });
    return quiet ? `${side} is quiet` : `${side} still answers on connections that were kept`;
  });
}

/** Both are up, and new connections go to one side alone. */
function onlyTo(workload: StartedWorkload, sides: { of: string; not: string }): Ending {
  const begin = workload.clock();
  return {
    what: `new connections to go to ${sides.of} only`,
    budgetMs: ENDPOINTS_BUDGET_MS,
    holds(now) {
      // Nothing new to the other side for so long, and they know.
      const since = workload.clock() - PROXIES_KNOW_MS * 1e6;
      return since >= begin && endpointsAre(now, sides) && !answered(now, sides.not, since, ({ reused }) => !reused);
    },
  };
}

/** A pod of it has answered since. */
function answered(
  { requests, deploymentOf }: WorkloadView,
  deployment: string,
  since: Nanos,
  such: (request: RequestSeen) => boolean = () => true,
): boolean {
  for (let i = requests.length - 1; i >= 0 && requests[i]!.end >= since; i -= 1) {
    const request = requests[i]!;
    if (such(request) && deploymentOf(request.pod) === deployment) return true;
  }
  return false;
}
