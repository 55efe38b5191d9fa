import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip, gunzipSync } from 'node:zlib';
import { privateFolder } from '../cluster/state.ts';
import { CannotRun } from '../errors.ts';
import { decodeHistory, historyDecoder } from '../history/codec.ts';
import { columnStore } from '../history/columns/store.ts';
import type { History, Observation } from '../history/types.ts';
import type { RunReport } from '../report/verdict.ts';

/** UTC time and 4 hex digits: sorts by time, and is a part of valid names in Docker, kind and Kubernetes. */
export function newRunId(now: Date = new Date()): string {
  const [date, time] = now.toISOString().replace(/[-:]/g, '').split(/[T.]/);
  return `${date}-${time}-${randomBytes(2).toString('hex')}`;
}

/** Makes reports/<run>, which holds what pods logged: for its owner alone. */
export function createRunFolder(parent: string, run: string): string {
  const folder = join(parent, run);
  try {
    privateFolder(folder);
  } catch (cause) {
    throw new CannotRun(`the run folder ${folder} cannot be made`, { remedy: 'name another parent with --out', cause });
  }
  return folder;
}

/** Points reports/latest at this run, in one step: whoever looks sees the old one or the new one. */
export function linkLatest(parent: string, run: string): void {
  const link = join(parent, `.latest-${run}`);
  symlinkSync(run, link);
  renameSync(link, join(parent, 'latest'));
}

/** history.jsonl → history.jsonl.gz, and only then the plain file goes. */
export async function compressHistory(folder: string): Promise<void> {
  const plain = join(folder, 'history.jsonl');
  if (!existsSync(plain)) return;
  const partial = `${plain}.gz.partial`;
  await pipeline(createReadStream(plain), createGzip(), createWriteStream(partial));
  renameSync(partial, `${plain}.gz`);
  rmSync(plain);
}

/** The first line of a plain history file, with its newline. */
function headerLine(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(MOST_HEADER);
    const read = head.subarray(0, readSync(file, head, 0, MOST_HEADER, 0));
    return read.subarray(0, read.indexOf('\n') + 1);
  } finally {
    closeSync(file);
  }
}

/** Bytes. It names the scenarios. */
const MOST_HEADER = 1 << 20;

const REMEDY = 'name a run folder such as reports/latest';

/** The history file of a run folder, or that file itself. */
function historyIn(path: string): string {
  const candidates = [join(path, 'history.jsonl.gz'), join(path, 'history.jsonl'), path];
  const file = candidates.find((candidate) => existsSync(candidate) && basename(candidate).startsWith('history'));
  if (file === undefined)
    throw new CannotRun(`${path} holds no history.jsonl.gz and no history.jsonl`, { remedy: REMEDY });
  return file;
}

/**
 * Bytes of a run's history, as it lies on disk.
 *
 * @throws CannotRun where there is none.
 */
export const historySize = (path: string): number => statSync(historyIn(path)).size;

const unreadable = (file: string, cause: unknown): CannotRun =>
  new CannotRun(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { remedy: REMEDY, cause });

/**
 * Reads the history of a run folder (or of a history file itself), plain or gzipped.
 *
 * @throws CannotRun where there is none, or where it is damaged.
 */
export function readHistory(path: string): History {
  const file = historyIn(path);
  try {
    const bytes = readFileSync(file);
    if (!file.endsWith('.gz')) return decodeHistory(bytes);
    const { text, altered } = unzipped(bytes);
    return { ...decodeHistory(text), ...(altered === undefined ? {} : { altered }) };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/**
 * As `readHistory`, a part at a time, and what there is most of in columns: of a million requests neither the text nor an
 * object for each fits into a small machine's memory.
 *
 * @param from of a plain file: bytes that are left out after the header. A run of many scenarios is read once while it
 *   goes on, not once for each.
 * @throws CannotRun when there is no history, or it cannot be read.
 */
export async function streamHistory(path: string, from = 0): Promise<History> {
  const file = historyIn(path);
  const columns = columnStore();
  const decoder = historyDecoder({
    keep: (one) => (MANY.has(one.type) ? columns.keep(one) : one),
    // Only what was an observation once is of a shape that was kept.
    scan: (bytes, from, to) => columns.scan(bytes, from, to) as Observation | undefined,
  });
  try {
    if (from > 0) decoder.push(headerLine(file));
    for await (const part of partsOf(file, from)) decoder.push(part as Buffer);
    return decoder.end();
  } catch (cause) {
    // What zlib had unzipped of the part that is damaged, it keeps to itself.
    if (isDamage(cause)) return readHistory(path);
    throw unreadable(file, cause);
  }
}

function partsOf(file: string, start: number): Readable {
  const source = createReadStream(file, { highWaterMark: PART, start });
  if (!file.endsWith('.gz')) return source;
  const unzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: PART });
  source.on('error', (error) => unzip.destroy(error));
  return source.pipe(unzip);
}

const MANY: ReadonlySet<string> = new Set(['request', 'server', 'flow', 'probe']);

/** Bytes. */
const PART = 1 << 18;

/** What zlib finds, and not that a file can't be opened. */
const isDamage = (error: unknown): boolean => /^Z_/.test(String((error as NodeJS.ErrnoException).code));

const damageWords = (error: unknown): string =>
  `the history file is damaged (${error instanceof Error ? error.message : error})`;

/** A file that was cut off gives what is in it; so does one that was altered, as far as it can be read, and says so. */
function unzipped(bytes: Buffer): { text: Buffer; altered?: string } {
  const read = (length: number) => gunzipSync(bytes.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
  try {
    return { text: read(bytes.length) };
  } catch (error) {
    // The longest part that can be read: [readable, not readable) is halved.
    let [readable, not] = [0, bytes.length];
    while (not - readable > 1) {
      const middle = (readable + not) >> 1;
      try {
        read(middle);
        readable = middle;
      } catch {
        not = middle;
      }
    }
    if (readable < GZIP_HEADER) throw error;
    return { text: read(readable), altered: damageWords(error) };
  }
}

/** Bytes; see RFC 1952. */
const GZIP_HEADER = 10;

/** It has a history. */
export const isRunFolder = (path: string): boolean =>
  ['history.jsonl.gz', 'history.jsonl'].some((name) => existsSync(join(path, name)));

/**
 * The run folders in a folder, in the order of their names, each once: `latest` is one of them.
 *
 * @throws CannotRun where there is none.
 */
export function runsIn(parent: string): string[] {
  const found = existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter((one) => one.isDirectory() && existsSync(join(parent, one.name, 'verdict.json')))
        .map(({ name }) => join(parent, name))
    : [];
  if (found.length > 0) return found.sort();
  throw new CannotRun(`${parent} is neither a run folder nor a folder of runs`, {
    remedy: 'name a run folder such as reports/latest, or the parent of some',
  });
}

/**
 * What a run was judged to be when it was made.
 *
 * @throws CannotRun where its verdict.json can't be read.
 */
export function writtenReport(folder: string): RunReport {
  const file = join(folder, 'verdict.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunReport;
  } catch (cause) {
    throw new CannotRun(`${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      remedy: 'rollproof judge RUN --write writes it anew',
      cause,
    });
  }
}
