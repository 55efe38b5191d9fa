import { numberOf } from './columns/store.ts';
import type { DamagedLine, History, HistoryHeader, Observation } from './types.ts';

/** One line of a history file, with its newline. */
export function encodeLine(entry: HistoryHeader | Observation): string {
  return `${JSON.stringify(entry)}\n`;
}

/** Takes a history file part by part. */
export interface HistoryDecoder {
  /** Parts may end anywhere. */
  push(text: string): void;
  /** @throws Error when the header is missing or of another schema. */
  end(): History;
}

/** How observations are kept, where it is not as `JSON.parse` gives them. */
export interface Keeping {
  /** What is kept in place of one. */
  keep(one: Observation): Observation;
  /** What a line holds, where that can be told without `JSON.parse`. */
  scan(line: string): Observation | undefined;
}

/**
 * A last line that was cut off by a kill is left out and shows as `truncated`; a broken line anywhere else means that the
 * file was tampered with or damaged: it is left out too, and named in `damaged`.
 */
export function historyDecoder({ keep, scan }: Keeping = AS_IT_IS): HistoryDecoder {
  let header: HistoryHeader | undefined;
  const observations: Observation[] = [];
  const lost = lostLines();
  let rest = '';
  let number = 0;

  function take(line: string): void {
    number += 1;
    if (header === undefined) {
      header = parseHeader(line);
      return;
    }
    const parsed = scan(line) ?? parseLine(line, keep);
    lost.see(number, parsed, header.numbered === true);
    if (parsed !== undefined) observations.push(parsed);
  }

  return {
    push(text) {
      const all = rest === '' ? text : rest + text;
      let from = 0;
      for (let end = all.indexOf('\n'); end !== -1; end = all.indexOf('\n', from)) {
        take(all.slice(from, end));
        from = end + 1;
      }
      rest = all.slice(from);
    },
    end() {
      const truncated = rest !== '';
      const damaged = lost.all();
      return {
        header: header ?? parseHeader(rest),
        observations,
        truncated,
        ...(damaged.length === 0 ? {} : { damaged }),
      };
    },
  };
}

const AS_IT_IS: Keeping = { keep: (one) => one, scan: () => undefined };

/** Reads a whole history file: see `historyDecoder`. */
export function decodeHistory(content: string | Uint8Array): History {
  const decoder = historyDecoder();
  if (typeof content === 'string') decoder.push(content);
  else for (const part of decoded(content)) decoder.push(part);
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

/** Bytes. */
const PART = 1 << 20;

/** Part by part: a night's history is longer than the longest string that there can be. */
function* decoded(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let from = 0; from < bytes.length; from += PART)
    yield decoder.decode(bytes.subarray(from, from + PART), { stream: true });
  yield decoder.decode();
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
