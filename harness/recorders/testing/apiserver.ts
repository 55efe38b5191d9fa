import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KubeApi, kubeApi } from '../../cluster/api.ts';
import type { KubeObject } from '../../history/types.ts';
import { discovery } from './discovery.ts';

/**
 * An apiserver on loopback: it keeps objects of any kind, serves lists, watches and simple writes of them, and
 * misbehaves when it is told to. Resources go by their plural name ("pods"); the namespace is not looked at.
 *
 * resourceVersions count up from 101, one a write; the uids of what is called web-1 are web-1/1, web-1/2, …
 */
export interface TestApiserver extends AsyncDisposable {
  readonly api: KubeApi;
  readonly kubeconfig: string;
  /** Requests as they came: "GET pods", "WATCH pods 104", "PATCH configmaps/beat". */
  readonly requests: string[];
  /** Creates or updates, and tells the watches. */
  put(resource: string, name: string, fields?: KubeObject): KubeObject;
  remove(resource: string, name: string): void;
  /** To every open watch of the resource: a bookmark of the newest version, or a line as it is. */
  bookmark(resource: string): void;
  line(resource: string, text: string): void;
  /** A change that every watch shows as this line. */
  spoil(resource: string, text: string): void;
  /** Ends every open watch of the resource in good order: now, or in the middle of the next event's line. */
  end(resource: string, when?: 'now' | 'mid-line'): void;
  /** Breaks the connection of every open watch, likewise. */
  cut(resource: string, when?: 'now' | 'mid-line'): void;
  /** Open watches stay open and say nothing any more, not even their end: a half-open connection. */
  hush(resource: string): void;
  /** Watches from a version before now are told 410: as the answer, or as an event on an open stream. */
  compact(how: 'answer' | 'event'): void;
  /** Until told otherwise, what comes from now on is answered with this status, or never ("nothing"). */
  answer(what: number | 'nothing' | 'well'): void;
  /** Refuses connections, and breaks those that there are, until it is started again on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Milliseconds by which events, or the answers to writes, are held back from now on. */
  delay(ms: number, what?: 'events' | 'answers'): void;
}

interface Change {
  resource: string;
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: KubeObject;
  /** In place of the event's own line. */
  text?: string;
}

interface Watcher {
  resource: string;
  name: string | undefined;
  response: ServerResponse;
  mood: 'well' | 'end-next' | 'cut-next' | 'hushed';
}

export async function startTestApiserver(): Promise<TestApiserver> {
  const objects = new Map<string, Map<string, KubeObject>>();
  const births = new Map<string, number>();
  const log: Change[] = [];
  const requests: string[] = [];
  const watchers = new Set<Watcher>();
  const sockets = new Set<Socket>();
  let version = 100;
  let compacted: { before: number; how: 'answer' | 'event' } | undefined;
  let mood: number | 'nothing' | 'well' = 'well';
  const delays = { events: 0, answers: 0 };
  let port = 0;

  const of = (resource: string) => objects.get(resource) ?? objects.set(resource, new Map()).get(resource)!;
  const open = (resource: string) => [...watchers].filter((watcher) => watcher.resource === resource);

  const server = createServer((request, response) => void serve(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const found = discovery(url.pathname);
    if (found !== undefined) return json(response, 200, found);
    const [, resource = '', name] = /\/namespaces\/[^/]+\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    const from = url.searchParams.get('resourceVersion');
    const watching = url.searchParams.get('watch') !== null;
    requests.push(
      watching ? `WATCH ${resource} ${from}` : `${request.method} ${name ? `${resource}/${name}` : resource}`,
    );
    if (mood === 'nothing') return;
    if (mood !== 'well') return fail(response, mood, `${resource} is not served now`);
    if (watching) watch(resource, Number(from), url.searchParams, response);
    else if (request.method === 'GET') json(response, 200, list(resource));
    else write(String(request.method), resource, name, await bodyOf(request), response);
  }

  const list = (resource: string) => ({
    kind: 'List',
    apiVersion: 'v1',
    metadata: { resourceVersion: String(version) },
    items: [...of(resource).values()],
  });

  function watch(resource: string, from: number, query: URLSearchParams, response: ServerResponse): void {
    const expired = compacted !== undefined && from < compacted.before;
    if (expired && compacted?.how === 'answer') {
      fail(response, 410, `too old resource version: ${from}`);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    if (expired) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, `too old resource version: ${from}`) })}\n`);
      return;
    }
    const [, name] = /^metadata\.name=(.+)$/.exec(query.get('fieldSelector') ?? '') ?? [];
    const watcher: Watcher = { resource, name, response, mood: 'well' };
    watchers.add(watcher);
    const seconds = Number(query.get('timeoutSeconds') ?? 1800);
    const ending = setTimeout(() => watcher.mood !== 'hushed' && response.end(), seconds * 1000);
    response.on('close', () => {
      clearTimeout(ending);
      watchers.delete(watcher);
    });
    for (const change of log) if (change.resource === resource && change.version > from) tell(watcher, change);
  }

  function write(
    method: string,
    resource: string,
    name: string | undefined,
    body: KubeObject,
    response: ServerResponse,
  ) {
    const called = name ?? body.metadata?.name ?? '';
    const there = of(resource).has(called);
    if (method === 'POST' && there) return fail(response, 409, `${resource} "${called}" already exists`);
    if (method !== 'POST' && !there) return fail(response, 404, `${resource} "${called}" not found`);
    const answer = method === 'DELETE' ? status(200, '') : put(resource, called, body);
    if (method === 'DELETE') remove(resource, called);
    setTimeout(() => json(response, method === 'POST' ? 201 : 200, answer), delays.answers);
  }

  function tell(watcher: Watcher, { type, object, text }: Change): void {
    if (watcher.name !== undefined && watcher.name !== object.metadata?.name) return;
    say(watcher, text ?? JSON.stringify({ type, object }));
  }

  function say(watcher: Watcher, line: string): void {
    const text = `${line}\n`;
    const send = () => {
      if (watcher.mood === 'hushed' || watcher.response.writableEnded || watcher.response.destroyed) return;
      if (watcher.mood === 'well') watcher.response.write(text);
      else if (watcher.mood === 'end-next') watcher.response.end(text.slice(0, text.length / 2));
      else watcher.response.write(text.slice(0, text.length / 2), () => watcher.response.destroy());
    };
    if (delays.events > 0) setTimeout(send, delays.events);
    else send();
  }

  function changed(resource: string, change: Pick<Change, 'type' | 'object' | 'text'>): void {
    log.push({ resource, version, ...change });
    for (const watcher of open(resource)) tell(watcher, log.at(-1)!);
  }

  function put(resource: string, name: string, fields: KubeObject = {}): KubeObject {
    const before = of(resource).get(name);
    version += 1;
    if (before === undefined) births.set(name, (births.get(name) ?? 0) + 1);
    const uid = before?.metadata?.uid ?? `${name}/${births.get(name)}`;
    const metadata = { ...fields.metadata, name, namespace: 'ns', uid, resourceVersion: String(version) };
    const object = { ...before, ...fields, metadata };
    of(resource).set(name, object);
    changed(resource, { type: before === undefined ? 'ADDED' : 'MODIFIED', object });
    return object;
  }

  function remove(resource: string, name: string): void {
    const object = of(resource).get(name)!;
    of(resource).delete(name);
    version += 1;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    changed(resource, { type: 'DELETED', object: last });
  }

  const start = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });

  await start();
  port = (server.address() as AddressInfo).port;
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-apiserver-'));
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`));

  return {
    api: kubeApi(kubeconfig),
    kubeconfig,
    requests,
    put,
    remove,
    bookmark(resource) {
      const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(version) } } };
      for (const watcher of open(resource)) say(watcher, JSON.stringify(bookmark));
    },
    line(resource, text) {
      for (const watcher of open(resource)) say(watcher, text);
    },
    spoil(resource, text) {
      version += 1;
      changed(resource, { type: 'MODIFIED', object: {}, text });
    },
    end(resource, when = 'now') {
      for (const watcher of open(resource)) {
        if (when === 'now') watcher.response.end();
        else watcher.mood = 'end-next';
      }
    },
    cut(resource, when = 'now') {
      for (const watcher of open(resource)) {
        if (when === 'now') watcher.response.destroy();
        else watcher.mood = 'cut-next';
      }
    },
    hush(resource) {
      for (const watcher of open(resource)) watcher.mood = 'hushed';
    },
    compact(how) {
      compacted = { before: version, how };
    },
    answer(what) {
      mood = what;
    },
    delay(ms, what = 'events') {
      delays[what] = ms;
    },
    start,
    stop,
    async [Symbol.asyncDispose]() {
      if (server.listening) await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const status = (code: number, message: string) => ({ kind: 'Status', apiVersion: 'v1', code, message });

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const fail = (response: ServerResponse, code: number, message: string) => json(response, code, status(code, message));

async function bodyOf(request: IncomingMessage): Promise<KubeObject> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

/** client-node takes plain HTTP only where certificates are not looked at anyway. */
const kubeconfigFor = (server: string) => `
apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: '${server}', insecure-skip-tls-verify: true } }]
users: [{ name: test, user: {} }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
current-context: test
`;
