import { numberOf } from './columns/store.ts';
import type { DamagedLine, History, HistoryHeader, Observation } from './types.ts';

/** One line of a history file, with its newline. */
export function encodeLine(entry: HistoryHeader | Observation): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Takes a history file part by part. */
export interface HistoryDecoder {
  /** Parts may end anywhere. They are not kept. */
  push(part: Uint8Array): void;
  /** @throws Error when the header is missing or of another schema. */
  end(): History;
}

/** How observations are kept, where it is not as `JSON.parse` gives them. */
export interface Keeping {
  /** What is kept in place of one. */
  keep(one: Observation): Observation;
  /** What the line in [from, to) holds, where that can be told without `JSON.parse`. */
  scan(bytes: Uint8Array, from: number, to: number): Observation | undefined;
}

/**
 * A last line that was cut off by a kill is left out and shows as `truncated`; a broken line anywhere else means that the
 * file was tampered with or damaged: it is left out too, and named in `damaged`.
 */
export function historyDecoder({ keep, scan }: Keeping = AS_IT_IS): HistoryDecoder {
  let header: HistoryHeader | undefined;
  const observations: Observation[] = [];
  const lost = lostLines();
  let rest: Uint8Array = new Uint8Array();
  let number = 0;

  function take(bytes: Uint8Array, from: number, to: number): void {
    number += 1;
    if (header === undefined) {
      header = parseHeader(textOf(bytes, from, to));
      return;
    }
    const parsed = scan(bytes, from, to) ?? parseLine(textOf(bytes, from, to), keep);
    lost.see(number, parsed, header.numbered === true);
    if (parsed !== undefined) observations.push(parsed);
  }

  return {
    push(part) {
      let from = 0;
      let end = part.indexOf(NEWLINE);
      if (rest.length > 0) {
        from = end === -1 ? part.length : end + 1;
        const begun = Buffer.concat([rest, part.subarray(0, from)]);
        rest = end === -1 ? begun : new Uint8Array();
        if (end !== -1) take(begun, 0, begun.length - 1);
        end = part.indexOf(NEWLINE, from);
      }
      for (; end !== -1; end = part.indexOf(NEWLINE, from)) {
        take(part, from, end);
        from = end + 1;
      }
      if (from < part.length) rest = Buffer.from(part.subarray(from));
    },
    end() {
      const truncated = rest.length > 0;
      const damaged = lost.all();
      return {
        header: header ?? parseHeader(textOf(rest, 0, rest.length)),
        observations,
        truncated,
        ...(damaged.length === 0 ? {} : { damaged }),
      };
    },
  };
}

const AS_IT_IS: Keeping = { keep: (one) => one, scan: () => undefined };

const NEWLINE = 10;

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
const textOf = (bytes: Uint8Array, from: number, to: number): string => decoder.decode(bytes.subarray(from, to));

/** Reads a whole history file: see `historyDecoder`. */
export function decodeHistory(content: string | Uint8Array): History {
  const decoder = historyDecoder();
  decoder.push(typeof content === 'string' ? encoder.encode(content) : content);
  return decoder.end();
}

/** Keeps account of the lines that can't be read, and of those that are not there. */
function lostLines() {
  const damaged: DamagedLine[] = [];
  const last = new Map<string, number>();
  let open: DamagedLine | undefined;
  let before: string | undefined;
  return {
    see(line: number, observation: Observation | undefined, numbered: boolean): void {
      if (observation === undefined) {
        open = { line, beside: before === undefined ? [] : [before] };
        damaged.push(open);
        return;
      }
      const { scenario } = observation;
      const count = numbered ? numberOf(observation, 'id') : undefined;
      if (open !== undefined) open.beside.push(scenario);
      else if (numbered && count !== (last.get(scenario) ?? 0) + 1)
        damaged.push({ line, beside: before === undefined ? [scenario] : [before, scenario] });
      if (numbered) last.set(scenario, count ?? Number.NaN);
      open = undefined;
      before = scenario;
    },
    all: () => damaged,
  };
}

function parseHeader(line: string): HistoryHeader {
  let header: Partial<HistoryHeader>;
  try {
    header = JSON.parse(line);
  } catch (cause) {
    throw new Error('not a rollproof history: its first line is not JSON', { cause });
  }
  if (header?.type !== 'history') throw new Error('not a rollproof history: its first line has no "type": "history"');
  if (header.schema !== 1) throw new Error(`history schema ${header.schema} is not known here (this version reads 1)`);
  return header as HistoryHeader;
}

/** Undefined where it is none. */
function parseLine(line: string, keep: Keeping['keep']): Observation | undefined {
  try {
    const one = JSON.parse(line);
    return isObservation(one) ? keep(one) : undefined;
  } catch {
    return undefined;
  }
}

/** It names its scenario and what it is; of a request, of which there are most, it has what every reader relies on. */
function isObservation(one: { [key in string]: unknown } | null): boolean {
  if (typeof one?.id !== 'string' || typeof one.scenario !== 'string' || typeof one.type !== 'string') return false;
  if (one.type !== 'request') return true;
  return (
    typeof one.t === 'number' &&
    typeof one.end === 'number' &&
    typeof one.lane === 'string' &&
    typeof one.request === 'string' &&
    typeof one.status === 'number'
  );
}
