import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from '../cluster/api.ts';
import type { KubeObject, Nanos, NewObservation, WatchedKind } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { follow } from './follow.ts';
import { hearing } from './hearing.ts';
import { type KnownObjects, knownObjects, type ObjectList, type Sight } from './known-objects.ts';
import { PATIENCE, type Patience } from './watch-stream.ts';

export interface WatchOptions {
  api: KubeApi;
  namespace: string;
  kinds?: WatchedKind[];
  clock: Clock;
  redact: (object: KubeObject) => KubeObject;
  append(observation: NewObservation): void;
  patience?: Partial<WatchPatience>;
}

export interface WatchPatience extends Patience {
  /** Milliseconds: a watch that was down for longer has a gap, even if it then hears of everything. */
  lateMs: number;
  /** Milliseconds that a watch has at the end to show what the final list has. */
  catchUpMs: number;
}

export interface StartedWatches {
  /**
   * Waits for each watch to show what a final list has, writes down as a gap what it does not show in time, and stops.
   * No event is written afterwards. More than once does no harm.
   */
  stop(): Promise<void>;
}

/** As late as an event loop that is held up may stamp an event before the check `self` objects. */
const LATE_MS = 2_000;
const CATCH_UP_MS = 3_000;

const COLLECTIONS: Record<WatchedKind, (namespace: string) => string> = {
  Pod: (namespace) => `/api/v1/namespaces/${namespace}/pods`,
  Service: (namespace) => `/api/v1/namespaces/${namespace}/services`,
  Event: (namespace) => `/api/v1/namespaces/${namespace}/events`,
  ReplicaSet: (namespace) => `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  Deployment: (namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  EndpointSlice: (namespace) => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
};

/**
 * Lists each kind, then watches it from the list's resourceVersion, and returns once every list is written. A watch that
 * ends is resumed from the last resourceVersion seen, which loses nothing; where the apiserver no longer has that version
 * (410), the kind is listed anew. Whenever states may have been lost, or heard of too late, the span is written as a gap.
 *
 * @throws ApiError where a kind may not be listed.
 */
export async function startWatches(options: WatchOptions): Promise<StartedWatches> {
  const kinds = options.kinds ?? (Object.keys(COLLECTIONS) as WatchedKind[]);
  const controller = new AbortController();
  const watched: WatchedCollection[] = [];
  let stopping: Promise<void> | undefined;

  async function finish(): Promise<void> {
    await Promise.all(watched.map((one) => one.catchUp()));
    controller.abort();
    await Promise.all(watched.map(({ done }) => done));
  }

  try {
    for (const kind of kinds) watched.push(await watchKind(kind, options, controller.signal));
  } catch (error) {
    controller.abort();
    await Promise.all(watched.map(({ done }) => done));
    throw error;
  }
  return {
    stop() {
      stopping ??= finish();
      return stopping;
    },
  };
}

interface WatchedCollection {
  catchUp(): Promise<void>;
  /** Resolves after the signal was given. */
  done: Promise<void>;
}

async function watchKind(kind: WatchedKind, options: WatchOptions, signal: AbortSignal): Promise<WatchedCollection> {
  const { api, namespace, clock, redact, append } = options;
  const patience = { ...PATIENCE, lateMs: LATE_MS, catchUpMs: CATCH_UP_MS, ...options.patience };
  const path = COLLECTIONS[kind](namespace);
  const known = knownObjects();
  const began = clock.now();

  function gap(from: Nanos, to: Nanos, reason: string): void {
    append({ type: 'gap', t: clock.now(), source: `watch:${kind}`, from, to, reason });
  }

  function see({ verb, object }: Sight, t: Nanos): void {
    const { uid = '', name = '', resourceVersion = '' } = object.metadata ?? {};
    const where = { namespace: object.metadata?.namespace ?? namespace, name, uid, resourceVersion };
    append({ type: 'object', t, kind, verb, ...where, object: redact(object) });
  }

  async function list(timeoutMs?: number): Promise<ObjectList> {
    const answer = await api.get<{ metadata: { resourceVersion: string }; items: KubeObject[] | null }>(
      path,
      {},
      timeoutMs,
    );
    return { version: answer.metadata.resourceVersion, items: answer.items ?? [] };
  }

  /** Writes down what a list shows; returns its resourceVersion. */
  async function listAndSee(): Promise<string> {
    const found = await list();
    const t = clock.now();
    for (const sight of known.listed(found, t)) see(sight, t);
    return found.version;
  }

  const first = await listAndSee();
  const ear = hearing({ now: clock.now, lateMs: patience.lateMs, gap });
  const target = { api, path, patience };
  return {
    done: follow({ target, first, known, ear, now: clock.now, see, relist: listAndSee }, signal),
    async catchUp() {
      const deadline = performance.now() + patience.catchUpMs;
      let unseen: ReturnType<KnownObjects['unseen']>;
      try {
        const final = await list(patience.catchUpMs);
        unseen = known.unseen(final);
        while (unseen.length > 0 && performance.now() < deadline) {
          await sleep(20);
          unseen = known.unseen(final);
        }
      } catch (error) {
        // Whether the watch is whole cannot be told; since when it might not be, neither.
        gap(began, clock.now(), `no final list to compare with: ${reasonOf(error)}`);
        return;
      }
      if (unseen.length === 0) return;
      const what = unseen.slice(0, MOST_NAMED).map((one) => one.what);
      const more = unseen.length > MOST_NAMED ? `, and ${unseen.length - MOST_NAMED} more` : '';
      const since = Math.min(...unseen.map((one) => one.since ?? began));
      gap(since, clock.now(), `the final list shows what the watch did not: ${what.join(', ')}${more}`);
    },
  };
}

const MOST_NAMED = 5;

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
