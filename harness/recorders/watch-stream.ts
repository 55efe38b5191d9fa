import type { IncomingMessage } from 'node:http';
import { ApiError, type KubeApi } from '../cluster/api.ts';
import type { KubeObject } from '../history/types.ts';

export interface WatchTarget {
  api: KubeApi;
  /** Of the collection. */
  path: string;
  fieldSelector?: string;
  patience: Patience;
}

export interface Patience {
  /** Seconds after which the apiserver is asked to end a watch. */
  watchSeconds: number;
  /** Milliseconds by which it may be late with that, and which it has to open one. */
  graceMs: number;
}

/**
 * Every watch is ended by the apiserver after a short time, so that one that has died without a word (a half-open
 * connection) is found soon: it outlasts its end. Reopening costs one request. Two seconds before the end, the apiserver
 * sends a bookmark (`nextBookmarkTime` in apiserver/pkg/storage/cacher).
 */
export const PATIENCE: Patience = { watchSeconds: 15, graceMs: 5_000 };

export type WatchEvent =
  | { type: 'opened' }
  | { type: 'bookmark'; version: string }
  | { type: 'added' | 'modified' | 'deleted'; version: string; object: KubeObject };

/** A line that says nothing that is known: what it stood for is lost. */
export class MalformedLine extends Error {}

/** The watch should have been ended, and nothing came. */
export class SilentWatch extends Error {
  constructor({ watchSeconds, graceMs }: Patience) {
    super(`the watch was silent beyond its end (${watchSeconds} s, and ${graceMs} ms of grace)`);
  }
}

/**
 * One watch, from a resourceVersion on. It returns when the apiserver ends it in good order: then everything that had
 * been sent was handed over.
 *
 * @throws ApiError where the apiserver says no (410: the version is too old), MalformedLine, SilentWatch, or the error of
 *   the connection.
 */
export async function* watchStream(
  { api, path, fieldSelector, patience }: WatchTarget,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const { watchSeconds, graceMs } = patience;
  const query = {
    watch: 'true',
    resourceVersion: version,
    allowWatchBookmarks: 'true',
    timeoutSeconds: String(watchSeconds),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  };
  const ear = listen(patience);
  let response: IncomingMessage | undefined;
  try {
    response = await api.open(path, query, AbortSignal.any([signal, ear.signal]));
    ear.expectWithin(watchSeconds * 1000 + graceMs);
    yield { type: 'opened' };
    for await (const line of linesOf(response, () => ear.expectWithin(graceMs))) yield eventOf(path, line);
  } catch (error) {
    throw ear.signal.aborted ? ear.signal.reason : error;
  } finally {
    ear.close();
    response?.destroy();
  }
}

/** Aborts with SilentWatch once nothing more can be expected; a later expectation only ever puts it off. */
function listen(patience: Patience) {
  const controller = new AbortController();
  let deadline = performance.now() + patience.graceMs;
  let timer = setTimeout(look, patience.graceMs);
  function look(): void {
    const left = deadline - performance.now();
    if (left > 0) timer = setTimeout(look, left);
    else controller.abort(new SilentWatch(patience));
  }
  return {
    signal: controller.signal,
    expectWithin(ms: number) {
      deadline = Math.max(deadline, performance.now() + ms);
    },
    close: () => clearTimeout(timer),
  };
}

async function* linesOf(stream: AsyncIterable<Buffer>, heard: () => void): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    heard();
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      if (line.trim() !== '') yield line;
    }
  }
  // The resumed watch brings it again, whole.
  if (rest.length > 0) throw new Error('the watch ended in the middle of a line');
}

const TYPES: Record<string, 'added' | 'modified' | 'deleted' | undefined> = {
  ADDED: 'added',
  MODIFIED: 'modified',
  DELETED: 'deleted',
};

function eventOf(path: string, line: string): WatchEvent {
  const { type, object } = parse(line);
  if (type === 'ERROR') throw new ApiError(Number(object.code) || 0, `watching ${path}`, JSON.stringify(object));
  const version = object.metadata?.resourceVersion;
  if (type === 'BOOKMARK' && version !== undefined) return { type: 'bookmark', version };
  const known = TYPES[type];
  if (known === undefined) throw new MalformedLine(`a watch event of the unknown type ${type}`);
  if (version === undefined || object.metadata?.uid === undefined) throw malformed(line);
  return { type: known, version, object };
}

function parse(line: string): { type: string; object: KubeObject } {
  try {
    const event = JSON.parse(line);
    if (typeof event?.type === 'string' && typeof event.object === 'object' && event.object !== null) return event;
  } catch {}
  throw malformed(line);
}

const malformed = (line: string) => new MalformedLine(`a malformed watch line: ${line.slice(0, 80)}`);
