import type { KubectlOptions } from '../../cluster/kubectl.ts';
import { NotReached, type StartedWorkload, type WorkloadView } from '../workload.ts';

export interface Told {
  /** What the watches show, one after the other; whoever waits goes on to the first that will do. */
  shows?: Partial<WorkloadView>[];
  /** What the apiserver answers to a GET. Default: a Deployment of generation 2. */
  get?: (path: string) => object;
  /** What kubectl prints or throws, without `-n NAMESPACE`. */
  kubectl?: (args: string[], options: KubectlOptions) => string | Promise<string>;
}

/** A workload that is only told, and what was done to it, in order. */
export interface FakeWorkload {
  workload: StartedWorkload;
  /** Commands, calls, triggers, waits ("… until", what for) and actions that failed. */
  done: string[];
  /** Undoes what was deferred, the last first. */
  release(): Promise<void>;
}

export function fakeWorkload({ shows = [{}], get = () => DEPLOYMENT, kubectl = () => '' }: Told = {}): FakeWorkload {
  const done: string[] = [];
  const undo: (() => Promise<void>)[] = [];
  let at = 0;
  const now = () => shows[at] as WorkloadView;
  const workload = {
    namespace: 'shop',
    deployment: 'web',
    service: 'web',
    clock: () => 0,
    now,
    settleBudgetMs: 1000,
    cluster: {
      async kubectl([, , ...args]: string[], options: KubectlOptions = {}) {
        done.push(`kubectl ${args.join(' ')}${options.input === undefined ? '' : ` < ${options.input}`}`);
        return kubectl(args, options);
      },
      api: {
        get: async (path: string) => get(path),
        send: async (method: string, path: string, body: object) =>
          done.push(`${method} ${path} ${JSON.stringify(body)}`),
      },
    },
    async act(action: string, detail: string, what: () => Promise<unknown>) {
      try {
        const output = await what();
        if (action === 'watch-pods') done.push(`${action}: ${output}`);
        return output;
      } catch (error) {
        done.push(`${action} failed: ${detail}: ${(error as Error).message}`);
        throw error;
      }
    },
    trigger: ({ kind, detail }: { kind: string; detail: string }) => done.push(`trigger ${kind}: ${detail}`),
    async until(what: string, _: number, holds: (now: WorkloadView) => boolean) {
      // Real waits let go of the processor: what goes on beside them goes on.
      for (; at < shows.length; at += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (!holds(now())) continue;
        done.push(`… until ${what}`);
        return;
      }
      throw new NotReached(`waited for ${what}`);
    },
    defer: (one: () => Promise<void>) => undo.push(one),
  };
  return {
    // Only what drivers of one Deployment call is told.
    workload: workload as unknown as StartedWorkload,
    done,
    async release() {
      for (const one of undo.reverse()) await one();
    },
  };
}

const DEPLOYMENT = { metadata: { name: 'web', generation: 2 } };

/** Rolled out to that generation and not to a later one. */
export const settledAt = (generation: number): Partial<WorkloadView> => ({
  old: 0,
  new: 3,
  settled: (asked) => asked <= generation,
  stalled: () => false,
  paused: () => false,
});

/** In the middle of it. */
export const wave = (old: number, fresh: number, more: Partial<WorkloadView> = {}): Partial<WorkloadView> => ({
  old,
  new: fresh,
  settled: () => false,
  stalled: () => false,
  paused: () => false,
  ...more,
});
