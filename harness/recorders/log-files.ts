import { plain } from './plain.ts';

/** What is known of the file of one container's log on its node. */
export interface LogFile {
  /** Of what is held by a link; undefined where there is no such file. */
  held: Entry | undefined;
  /** Of the file at the kubelet's own path; undefined where its pod is gone. */
  current: Entry | undefined;
  /** There is an older file beside it. */
  rotated: boolean;
}

export interface Entry {
  inode: string;
  /** Bytes. */
  size: number;
}

/** Where the kubelet has a log: a rotated one gets a time, and later `.gz`, behind its name. */
export const logPath = (namespace: string, { pod, podUid, name, restart }: LogName): string =>
  `/var/log/pods/${plain(namespace)}_${plain(pod)}_${plain(podUid)}/${plain(name)}/${restart}.log`;

export interface LogName {
  pod: string;
  podUid: string;
  /** The container's. */
  name: string;
  restart: number;
}

/**
 * The files of a node, from `stat -c '%i %s %n'` of all that are held and all that the kubelet has, and the size at
 * which this kubelet rotates, from its configuration's line.
 */
export function readListing(text: string): { entry(path: string): Entry | undefined; paths: string[]; limit: number } {
  const entries = new Map<string, Entry>();
  for (const [, inode, size, path] of text.matchAll(/^(\d+) (\d+) (\/.*)$/gm))
    entries.set(path!, { inode: inode!, size: Number(size) });
  const [, limit] = /^containerLogMaxSize:\s*"?([^"\s]+)/m.exec(text) ?? [];
  return { entry: (path) => entries.get(path), paths: [...entries.keys()], limit: bytesOf(limit) };
}

/** The kubelet's default (containerLogMaxSize, 10Mi). */
const DEFAULT_LIMIT = 10 << 20;

const UNITS: Record<string, number> = { '': 1, k: 1e3, Ki: 1 << 10, M: 1e6, Mi: 1 << 20, G: 1e9, Gi: 1 << 30 };

function bytesOf(quantity: string | undefined): number {
  const [, number, unit = ''] = /^(\d+)([kKMG]i?)?$/.exec(quantity ?? '') ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? Number.NaN);
  return Number.isNaN(bytes) ? DEFAULT_LIMIT : bytes;
}

/**
 * Why what was read of a log is not all of it; undefined where it is. A link holds the file from its first byte, whenever
 * it was made, unless the kubelet had begun another by then; a file below the limit was never rotated.
 */
export function missing({ held, current, rotated }: LogFile, bytesRead: number, limit: number): string | undefined {
  if (held === undefined) return 'its file could not be kept';
  if (rotated || (current !== undefined && current.inode !== held.inode)) return 'it was rotated';
  if (current === undefined && held.size >= limit) return 'it was so long that it may have been rotated';
  if (bytesRead < held.size) return `${held.size - bytesRead} of its ${held.size} bytes were not read`;
  return undefined;
}
