import { ApiError, type KubeApi } from '../cluster/api.ts';
import type { KubeObject, Nanos, NewObservation, WatchedKind } from '../history/types.ts';
import type { Clock } from './clock.ts';
import type { Redactor } from './redact.ts';

export interface WatchOptions {
  api: KubeApi;
  namespace: string;
  kinds?: WatchedKind[];
  clock: Clock;
  redact: Redactor;
  append(observation: NewObservation): void;
}

export interface StartedWatches {
  /** Stops them; no event is written afterwards. */
  stop(): Promise<void>;
}

const COLLECTIONS: Record<WatchedKind, (namespace: string) => string> = {
  Pod: (namespace) => `/api/v1/namespaces/${namespace}/pods`,
  Service: (namespace) => `/api/v1/namespaces/${namespace}/services`,
  Event: (namespace) => `/api/v1/namespaces/${namespace}/events`,
  ReplicaSet: (namespace) => `/apis/apps/v1/namespaces/${namespace}/replicasets`,
  Deployment: (namespace) => `/apis/apps/v1/namespaces/${namespace}/deployments`,
  EndpointSlice: (namespace) => `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
};

/**
 * Lists each kind, then watches it from the list's resourceVersion, and returns once every list is written. A closed
 * connection is resumed from the last resourceVersion seen, which loses nothing; only where the apiserver no longer has
 * that version (410) is the kind listed anew, and the span in between written down as a gap.
 */
export async function startWatches(options: WatchOptions): Promise<StartedWatches> {
  const kinds = options.kinds ?? (Object.keys(COLLECTIONS) as WatchedKind[]);
  const controller = new AbortController();
  const running: Promise<void>[] = [];
  try {
    for (const kind of kinds) running.push((await watchKind(kind, options, controller.signal)).done);
  } catch (error) {
    controller.abort();
    throw error;
  }
  return {
    async stop() {
      controller.abort();
      await Promise.all(running);
    },
  };
}

/** Known objects of one kind: what a relist is compared with. */
type Known = Map<string, KubeObject>;

async function watchKind(
  kind: WatchedKind,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<{ done: Promise<void> }> {
  const known: Known = new Map();
  const version = await list(kind, options, known);
  return { done: follow(kind, options, known, version, signal) };
}

async function follow(
  kind: WatchedKind,
  options: WatchOptions,
  known: Known,
  from: string,
  signal: AbortSignal,
): Promise<void> {
  let version = from;
  let pauseMs = 0;
  let lastHeard = options.clock.now();
  while (!signal.aborted) {
    try {
      for await (const event of events(kind, options, version, signal)) {
        version = event.version;
        lastHeard = options.clock.now();
        pauseMs = 0;
        if (event.verb !== undefined) see(kind, options, known, event.verb, event.object);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === 410) {
        const relisted = await relist(kind, options, known, lastHeard, signal);
        version = relisted ?? version;
        continue;
      }
      if (error instanceof MalformedLine) {
        gap(kind, options, lastHeard, `${error.message}; resumed from resourceVersion ${version}`);
      }
    }
    // A refused reconnect (apiserver restarting) is tried again soon, but not in a hot loop.
    await sleep(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2 + 20, 1_000);
  }
}

async function relist(
  kind: WatchedKind,
  options: WatchOptions,
  known: Known,
  since: Nanos,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const version = await list(kind, options, known);
    gap(kind, options, since, 'the apiserver no longer had the last resourceVersion (410): listed anew');
    return version;
  } catch {
    await sleep(200, signal);
    return undefined;
  }
}

function gap(kind: WatchedKind, options: WatchOptions, from: Nanos, reason: string): void {
  const t = options.clock.now();
  options.append({ type: 'gap', t, source: `watch:${kind}`, from, to: t, reason });
}

/** Writes down each object of the list, and as deleted what is no longer in it; returns the list's resourceVersion. */
async function list(kind: WatchedKind, options: WatchOptions, known: Known): Promise<string> {
  const answer = await options.api.get<{ metadata: { resourceVersion: string }; items: KubeObject[] }>(
    COLLECTIONS[kind](options.namespace),
  );
  const present = new Set(answer.items.map((item) => item.metadata?.uid));
  for (const [uid, object] of known) if (!present.has(uid)) see(kind, options, known, 'deleted', object);
  for (const item of answer.items) {
    if (known.get(item.metadata?.uid ?? '')?.metadata?.resourceVersion === item.metadata?.resourceVersion) continue;
    see(kind, options, known, 'listed', item);
  }
  return answer.metadata.resourceVersion;
}

type Verb = 'listed' | 'added' | 'modified' | 'deleted';

function see(kind: WatchedKind, options: WatchOptions, known: Known, verb: Verb, object: KubeObject): void {
  const t = options.clock.now();
  const { uid = '', name = '', namespace = options.namespace, resourceVersion = '' } = object.metadata ?? {};
  if (verb === 'deleted') known.delete(uid);
  else known.set(uid, object);
  options.append({
    type: 'object',
    t,
    kind,
    verb,
    uid,
    name,
    namespace,
    resourceVersion,
    object: options.redact(object),
  });
}

class MalformedLine extends Error {}

const VERBS: Record<string, Verb | undefined> = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' };

interface WatchEvent {
  /** Undefined on a bookmark, which only moves the version on. */
  verb: Verb | undefined;
  object: KubeObject;
  version: string;
}

async function* events(
  kind: WatchedKind,
  { api, namespace }: WatchOptions,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const query = { watch: 'true', resourceVersion: version, allowWatchBookmarks: 'true', timeoutSeconds: '3000' };
  const response = await api.open(COLLECTIONS[kind](namespace), query, signal);
  try {
    for await (const line of linesOf(response)) {
      const event = parse(line);
      if (event.type === 'ERROR') throw statusError(kind, event.object);
      const verb = VERBS[event.type];
      if (verb === undefined && event.type !== 'BOOKMARK')
        throw new MalformedLine(`a watch event of unknown type ${event.type}`);
      yield { verb, object: event.object, version: event.object.metadata?.resourceVersion ?? version };
    }
  } finally {
    response.destroy();
  }
}

/** Whole lines only: a connection that ends in the middle of one has lost it, and the resumed watch brings it again. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      if (line.trim() !== '') yield line;
    }
  }
}

function parse(line: string): { type: string; object: KubeObject } {
  try {
    const event = JSON.parse(line);
    if (typeof event?.type === 'string' && typeof event.object === 'object') return event;
  } catch {}
  throw new MalformedLine(`a malformed watch line: ${line.slice(0, 80)}`);
}

function statusError(kind: WatchedKind, status: KubeObject): Error {
  const code = typeof status.code === 'number' ? status.code : 0;
  return new ApiError(code, `watching ${kind}s`, JSON.stringify(status));
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
