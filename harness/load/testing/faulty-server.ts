import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What the server saw of one request, told to the parent process. */
export interface Seen {
  id: string;
  /** Unix milliseconds at which its headers had arrived. */
  at: number;
  clientPort: number;
  /** The how-manieth request of its connection. */
  nth: number;
}

/** The fault is chosen by the last number of the request's id, so that the test knows what each one met. */
export type Fault = 'good' | 'reset' | 'eof' | 'truncated' | 'late-reset' | 'hang' | 503 | 302;
export const FAULTS: Record<number, Fault> = {
  3: 'reset',
  5: 'eof',
  7: 'truncated',
  9: 503,
  11: 'hang',
  13: 302,
  15: 'late-reset',
};
export const faultOf = (id: string): Fault => FAULTS[Number(id.split('-').pop()) % 20] ?? 'good';

/** A stream is so many lines of so many bytes in each of its seconds. What cuts it comes after half of them. */
export const STREAM = { lines: 20, bytes: 100 };

/** Started as a process of its own: the test's own event loop must not delay it. */
if (process.send !== undefined && process.argv[2] !== undefined) serve(JSON.parse(process.argv[2]));

interface Settings {
  faults: boolean;
  /** Seconds after the first request between which every connection that is older hangs, to be reset at the end. */
  hang?: [number, number];
}

function serve({ faults, hang }: Settings): void {
  const served = new WeakMap<Socket, { nth: number; born: number }>();
  let began: number | undefined;
  const server = createServer((request, response) => {
    const at = performance.timeOrigin + performance.now();
    began ??= at;
    const { socket } = request;
    const connection = served.get(socket) ?? { nth: 0, born: at };
    connection.nth += 1;
    served.set(socket, connection);
    const id = String(request.headers['x-rollproof-id']);
    process.send?.({ id, at, clientPort: socket.remotePort ?? 0, nth: connection.nth } satisfies Seen);
    request.resume();
    const [from, to] = hang === undefined ? [Infinity, Infinity] : hang.map((seconds) => began! + seconds * 1000);
    if (at >= from! && at < to! && connection.born < from!) {
      setTimeout(() => socket.resetAndDestroy(), to! - at);
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const seconds = Number(searchParams.get('seconds'));
    const fault = faults ? faultOf(id) : 'good';
    if (pathname === '/api/slow') setTimeout(() => answer(fault, response, socket), seconds * 1000);
    else if (pathname === '/api/stream' && FROM_HALF_WAY.has(fault)) stream(fault, seconds, response, socket);
    else answer(fault, response, socket);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
}

/** What an answer can meet once it has begun. */
const FROM_HALF_WAY = new Set<Fault>(['good', 'truncated', 'late-reset', 'hang']);

function stream(fault: Fault, seconds: number, response: ServerResponse, socket: Socket): void {
  response.writeHead(200, { 'x-rollproof-pod': 'web-1', 'x-rollproof-version': '1.0.0' });
  const all = STREAM.lines * seconds;
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < (fault === 'good' ? all : all / 2)) {
      sent += 1;
      response.write(`${'x'.repeat(STREAM.bytes - 1)}\n`);
      return;
    }
    clearInterval(timer);
    if (fault === 'good') response.end();
    else if (fault === 'truncated') socket.destroy();
    else if (fault === 'late-reset') socket.resetAndDestroy();
  }, 1000 / STREAM.lines);
}

function answer(fault: Fault, response: ServerResponse, socket: Socket): void {
  response.setHeader('x-rollproof-pod', 'web-1');
  response.setHeader('x-rollproof-version', '1.0.0');
  if (fault === 'reset') socket.resetAndDestroy();
  else if (fault === 'eof') socket.destroy();
  else if (fault === 'hang') return;
  else if (fault === 'good') response.end('{"ok":true}');
  else if (typeof fault === 'number') response.writeHead(fault, fault === 302 ? { location: '/elsewhere' } : {}).end();
  else {
    response.writeHead(200, { 'content-length': 1000 }).write('x'.repeat(100));
    setTimeout(() => (fault === 'truncated' ? socket.destroy() : socket.resetAndDestroy()), 5);
  }
}
