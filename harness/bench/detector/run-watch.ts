import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryHeader, Observation } from '../../history/types.ts';

export interface RunWatch extends Disposable {
  /** What has been written since the last call, but for requests; nothing before there is a run. */
  next(): (HistoryHeader | Observation)[];
}

const HISTORY = 'history.jsonl';

/** Requests are most of a history, and who looks on has no use for them. */
const isRequest = (line: string) => line.includes('"type":"request"');

/** Follows the history of the next run in a folder while it grows. */
export function runWatch(out: string): RunWatch {
  const runs = () => (existsSync(out) ? readdirSync(out).filter((name) => existsSync(join(out, name, HISTORY))) : []);
  const before = new Set(runs());
  let file: number | undefined;
  let read = 0;
  let rest: Uint8Array = Buffer.of();
  return {
    next() {
      const run = file === undefined ? runs().find((name) => !before.has(name)) : undefined;
      // Open, it can be read to its end even when it has been packed and removed.
      if (run !== undefined) file = openSync(join(out, run, HISTORY), 'r');
      if (file === undefined) return [];
      const bytes = Buffer.alloc(fstatSync(file).size - read);
      read += readSync(file, bytes, 0, bytes.length, read);
      const all = Buffer.concat([rest, bytes]);
      const end = all.lastIndexOf('\n') + 1;
      rest = all.subarray(end);
      const lines = all.toString('utf8', 0, end).split('\n');
      return lines.filter((line) => line !== '' && !isRequest(line)).map((line) => JSON.parse(line));
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file);
    },
  };
}
