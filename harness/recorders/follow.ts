import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../cluster/api.ts';
import type { Nanos } from '../history/types.ts';
import type { Hearing } from './hearing.ts';
import type { KnownObjects, Sight } from './known-objects.ts';
import { MalformedLine, SilentWatch, type WatchTarget, watchStream } from './watch-stream.ts';

export interface Following {
  target: WatchTarget;
  /** The resourceVersion to watch from. */
  first: string;
  known: KnownObjects;
  ear: Hearing;
  now(): Nanos;
  see(sight: Sight, t: Nanos): void;
  /** Writes down what a list shows; returns its resourceVersion. */
  relist(): Promise<string>;
}

/** Watches one kind, over as many connections as it takes, until the signal is given; only then it resolves. */
export async function follow(
  { target, first, known, ear, now, see, relist }: Following,
  signal: AbortSignal,
): Promise<void> {
  let version = first;
  /** Where a line could not be understood: a second time, it is stepped over by a list. */
  let unreadableAfter: string | undefined;
  let pauseMs = 0;

  async function once(): Promise<void> {
    for await (const event of watchStream(target, version, signal)) {
      if (event.type === 'opened') {
        ear.opened();
        continue;
      }
      const t = now();
      version = event.version;
      pauseMs = 0;
      ear.heard(t, event.type === 'bookmark' ? 'bookmark' : 'event');
      const sight = event.type === 'bookmark' ? undefined : known.event(event.type, event.object, t);
      if (sight !== undefined) see(sight, t);
    }
    ear.heard(now(), 'end');
  }

  async function mend(error: unknown): Promise<void> {
    const unreadable = error instanceof MalformedLine;
    ear.failed(reasonOf(error), unreadable || error instanceof SilentWatch);
    const expired = error instanceof ApiError && error.code === 410;
    const stuck = unreadable && unreadableAfter === version;
    if (unreadable) unreadableAfter = version;
    if (!(expired || stuck)) return;
    try {
      version = await relist();
      ear.relisted('listed anew');
    } catch (failure) {
      ear.failed(reasonOf(failure), true);
    }
  }

  while (!signal.aborted) {
    const began = performance.now();
    try {
      await once();
    } catch (error) {
      if (!signal.aborted) await mend(error);
    }
    // A refused reconnect (apiserver restarting) is tried again soon, but not in a hot loop.
    if (performance.now() - began >= MOST_PAUSE_MS) pauseMs = 0;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
    pauseMs = Math.min(pauseMs * 2 + 20, MOST_PAUSE_MS);
  }
  ear.close();
}

const MOST_PAUSE_MS = 1_000;

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
