import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { packageRoot } from '../package-root.ts';
import type { LaneScript } from './lane-script.ts';

/** A k6 that runs, wherever that is. */
export interface StartedK6 {
  /** Resolves with its exit code when k6 has ended and its whole output has been read. */
  readonly ended: Promise<number>;
  /** Asks it to end, and to give its account; or ends it at once. Where it has ended, it does no harm. */
  stop(how: 'end' | 'kill'): Promise<void>;
  /** Hands the whole output over once more: a follower may miss the last lines of a k6 that ends. */
  readAgain(): Promise<void>;
  /** Kills it where it still runs. More than once does no harm. */
  remove(): Promise<void>;
}

/**
 * Starts k6 with the script of a lane; each line of its output goes to `onLine` as it comes.
 *
 * @param own path of a k6 script of one's own, where the lane has one
 */
export type StartK6 = (script: LaneScript, onLine: (line: string) => void, own?: string) => Promise<StartedK6>;

const FOLDER = join(packageRoot, 'harness/load/k6');

/** Where k6 finds them. */
export const IN_K6 = '/rollproof';

/** What k6 runs, by its name in that folder: where it is. */
export function k6Files(own?: string): Record<string, string> {
  const ours = ['rollproof.js', 'lane.js', 'own.js'].map((name) => [name, join(FOLDER, name)]);
  return Object.fromEntries([...ours, ...(own === undefined ? [] : [['script.js', own]])]);
}

/**
 * JSON is the one log format of k6 that keeps the error beside "Request Failed", and with it the local port.
 *
 * @param address of k6's own API; several in one network would collide on its usual port
 */
export const k6Command = ({ own }: Pick<LaneScript, 'own'>, address = ''): string[] => [
  'run',
  '--quiet',
  '--no-usage-report',
  '--no-color',
  '--address',
  address,
  '--log-format',
  'json',
  '--log-output',
  'stdout',
  `${IN_K6}/${own ? 'own' : 'lane'}.js`,
];

/** Hands over each line of k6's output, until it ends. */
export async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) onLine(line);
}
