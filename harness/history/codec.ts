import type { DamagedLine, History, HistoryHeader, Observation } from './types.ts';

/** One line of a history file, with its newline. */
export function encodeLine(entry: HistoryHeader | Observation): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a whole history file. A last line that was cut off by a kill is left out and shows as `truncated`; a broken line
 * anywhere else means that the file was tampered with or damaged: it is left out too, and named in `damaged`.
 *
 * @throws Error when the header is missing or of another schema.
 */
export function decodeHistory(content: string | Uint8Array): History {
  let header: HistoryHeader | undefined;
  const observations: Observation[] = [];
  const lost = lostLines();
  let truncated = false;
  let number = 0;
  for (const { line, whole } of typeof content === 'string' ? linesOf(content) : decoded(content)) {
    number += 1;
    if (!whole) truncated = true;
    if (header === undefined) header = parseHeader(line);
    else if (whole) {
      const observation = parseLine(line);
      lost.see(number, observation, header.numbered === true);
      if (observation !== undefined) observations.push(observation);
    }
  }
  const damaged = lost.all();
  return {
    header: header ?? parseHeader(''),
    observations,
    truncated,
    ...(damaged.length === 0 ? {} : { damaged }),
  };
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
      const { id, scenario } = observation;
      const count = Number(id.slice(id.lastIndexOf('-') + 1));
      if (open !== undefined) open.beside.push(scenario);
      else if (numbered && count !== (last.get(scenario) ?? 0) + 1)
        damaged.push({ line, beside: before === undefined ? [scenario] : [before, scenario] });
      last.set(scenario, count);
      open = undefined;
      before = scenario;
    },
    all: () => damaged,
  };
}

interface Line {
  line: string;
  /** It ends in a newline. */
  whole: boolean;
}

function* linesOf(text: string): Generator<Line> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    yield { line: text.slice(from, end === -1 ? undefined : end), whole: end !== -1 };
    from = end === -1 ? text.length : end + 1;
  }
}

const NEWLINE = 10;

/** Line by line: a night's history is longer than the longest string that there can be. */
function* decoded(bytes: Uint8Array): Generator<Line> {
  const decoder = new TextDecoder();
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const line = decoder.decode(bytes.subarray(from, end === -1 ? undefined : end));
    yield { line, whole: end !== -1 };
    from = end === -1 ? bytes.length : end + 1;
  }
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
function parseLine(line: string): Observation | undefined {
  try {
    const one = JSON.parse(line);
    return isObservation(one) ? one : undefined;
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
