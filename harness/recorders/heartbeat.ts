import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type KubeApi } from '../cluster/api.ts';
import type { KubeObject, Nanos, NewObservation } from '../history/types.ts';
import type { Clock } from './clock.ts';
import { notBefore } from './known-objects.ts';
import { PATIENCE, type Patience, watchStream } from './watch-stream.ts';

export interface HeartbeatOptions {
  api: KubeApi;
  namespace: string;
  /** On the object that it writes. */
  labels: Record<string, string>;
  clock: Pick<Clock, 'now'>;
  append(observation: NewObservation): void;
  /** Milliseconds between two writes. Default 1,000. */
  everyMs?: number;
  patience?: Patience;
}

export interface StartedHeartbeat {
  /** The longest lag that was measured since it was last asked, milliseconds; undefined where none was. */
  takeLagMs(): number | undefined;
  /** For how long the apiserver has said nothing at all, neither to a write nor to the watch, milliseconds; 0 where nobody asks it. */
  silentMs(): number;
  /**
   * Waits for the last write to come back, up to the lag beyond which a watch is no evidence; one that does not is a gap.
   * Then takes its object away. More than once does no harm.
   */
  stop(): Promise<void>;
}

export const HEARTBEAT = 'rollproof-heartbeat';

/** Milliseconds. */
const MOST_LAG_MS = 2_000;

/** A write that takes longer is given up, and measures nothing. */
const WRITE_MS = 2_000;

/**
 * Measures how far watches lag behind: it writes to an object of its own (a ConfigMap that nobody uses) and takes the
 * time from the answer until a watch shows the write. Where it may not write, it says so as an action, and measures
 * nothing.
 */
export async function startHeartbeat(options: HeartbeatOptions): Promise<StartedHeartbeat> {
  const { api, namespace, labels, clock, append, everyMs = 1_000, patience = PATIENCE } = options;
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  const writing = new AbortController();
  const watching = new AbortController();
  /** Answered writes that no watch has shown yet: resourceVersion → instant of the answer. */
  const waiting = new Map<string, Nanos>();
  let shown = '0';
  let longest: number | undefined;
  let stopping: Promise<void> | undefined;
  /** `performance.now()` of the last answer, whatever it said; undefined where nobody writes any more. */
  let heard: number | undefined = performance.now();

  const unmeasured = (why: string) =>
    append({
      type: 'action',
      t: clock.now(),
      action: 'heartbeat',
      detail: `watch lag is not measured: ${why}`,
      ok: false,
    });

  function hear(): void {
    if (heard !== undefined) heard = performance.now();
  }

  function measured(lag: Nanos): void {
    longest = Math.max(longest ?? 0, Math.round(lag / 1e6));
  }

  function answered(object: KubeObject): void {
    const version = versionOf(object);
    // The watch may have been faster than the answer.
    if (notBefore(shown, version)) measured(0);
    else waiting.set(version, clock.now());
  }

  function show(version: string): void {
    shown = version;
    for (const [one, t] of waiting) {
      if (!notBefore(version, one)) continue;
      waiting.delete(one);
      measured(clock.now() - t);
    }
  }

  async function watch(from: string, signal = watching.signal): Promise<void> {
    const target = { api, path, fieldSelector: `metadata.name=${HEARTBEAT}`, patience };
    let version = from;
    while (!signal.aborted) {
      try {
        for await (const event of watchStream(target, version, signal)) {
          hear();
          if (event.type === 'opened') continue;
          version = event.version;
          show(version);
        }
      } catch (error) {
        // The version is gone (410): it begins from the newest write, and of those up to that one none is measured.
        if (error instanceof ApiError && error.code === 410) {
          version = [...waiting.keys()].at(-1) ?? version;
          waiting.clear();
        }
        await sleep(100, undefined, { signal }).catch(() => {});
      }
    }
  }

  async function beat(signal = writing.signal): Promise<void> {
    for (let count = 1; ; count += 1) {
      await sleep(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        answered(await api.send('PATCH', `${path}/${HEARTBEAT}`, { data: { beat: String(count) } }, WRITE_MS));
        hear();
      } catch (error) {
        // A write that is not answered in time says that the apiserver lags by at least that.
        if (!(error instanceof ApiError)) {
          measured(WRITE_MS * 1e6 + 1e6);
          continue;
        }
        hear();
        // Taken away (a namespace that is being deleted), or not allowed any more: it will not come back.
        if (!GONE.includes(error.code)) continue;
        if (!signal.aborted) unmeasured(`it ended: ${error.message}`);
        heard = undefined;
        return;
      }
    }
  }

  async function finish(): Promise<void> {
    heard = undefined;
    writing.abort();
    await written;
    const deadline = performance.now() + MOST_LAG_MS;
    while (waiting.size > 0 && performance.now() < deadline) await sleep(10);
    watching.abort();
    await watched;
    const [first] = waiting.values();
    const reason = `a write was answered and no watch showed it within ${MOST_LAG_MS / 1000} s`;
    if (first !== undefined)
      append({ type: 'gap', t: clock.now(), source: 'watch:heartbeat', from: first, to: clock.now(), reason });
    await api.send('DELETE', `${path}/${HEARTBEAT}`, undefined, WRITE_MS).catch(() => {});
  }

  let first: KubeObject;
  try {
    first = await create(api, path, labels);
  } catch (error) {
    unmeasured(error instanceof Error ? error.message : String(error));
    return { takeLagMs: () => undefined, silentMs: () => 0, stop: async () => {} };
  }
  const watched = watch(versionOf(first));
  const written = beat();
  return {
    takeLagMs() {
      const lag = longest;
      longest = undefined;
      return lag;
    },
    silentMs: () => (heard === undefined ? 0 : performance.now() - heard),
    stop() {
      stopping ??= finish();
      return stopping;
    },
  };
}

const GONE = [401, 403, 404, 405];

/** It is there already where a namespace was kept from an earlier run. */
async function create(api: KubeApi, path: string, labels: Record<string, string>): Promise<KubeObject> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: HEARTBEAT, labels }, data: { beat: '0' } };
  try {
    return await api.send('POST', path, object);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 409) throw error;
    return await api.send('PATCH', `${path}/${HEARTBEAT}`, object);
  }
}

const versionOf = ({ metadata }: KubeObject) => metadata?.resourceVersion ?? '0';
