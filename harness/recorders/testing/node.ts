import type { NodeStream, OnLine } from '../../cluster/node-stream.ts';

/** A command in a node that does what a test tells it to. */
export interface TestStream {
  stream(args: string[], node: string, onLine: OnLine): NodeStream;
  /** "n1" for each stream that was opened. */
  readonly nodes: string[];
  readonly written: string[];
  say(line: string, from?: 'stdout' | 'stderr'): void;
  /** It ends by itself. */
  die(code: number): void;
}

export function testStream(): TestStream {
  const nodes: string[] = [];
  const written: string[] = [];
  let hear: OnLine = () => {};
  const { promise: ended, resolve: die } = Promise.withResolvers<number>();
  return {
    stream(_, node, onLine) {
      nodes.push(node);
      hear = onLine;
      return {
        ended,
        write: (line) => void written.push(line),
        async close() {
          die(0);
          await ended;
        },
      };
    },
    nodes,
    written,
    say: (line, from = 'stdout') => hear(line, from),
    die,
  };
}

/** Seconds since 2026-01-01T00:00:00Z, moved by hand. */
export function testClock() {
  let seconds = 0;
  return {
    epoch: '2026-01-01T00:00:00.000Z',
    now: () => Math.round(seconds * 1e9),
    toNanos: (unixMs: number) => Math.round((unixMs - Date.parse('2026-01-01T00:00:00Z')) * 1e6),
    at(t: number) {
      seconds = t;
    },
  };
}
