import type { History, HistoryHeader, Observation } from './types.ts';

/** One line of a history file, with its newline. */
export function encodeLine(entry: HistoryHeader | Observation): string {
  return `${JSON.stringify(entry)}\n`;
}

/**
 * Reads a whole history file. A last line that was cut off by a kill is left out and shows as `truncated`; a broken
 * line anywhere else means that the file was tampered with or damaged, and is an error that names the line.
 *
 * @throws Error when the header is missing or of another schema, or when a line in the middle is not JSON.
 */
export function decodeHistory(content: string | Uint8Array): History {
  let header: HistoryHeader | undefined;
  const observations: Observation[] = [];
  let truncated = false;
  for (const { line, whole } of typeof content === 'string' ? linesOf(content) : decoded(content)) {
    if (header === undefined) header = parseHeader(line);
    else if (whole) observations.push(parseLine(line, observations.length + 2));
    if (!whole) truncated = true;
  }
  return { header: header ?? parseHeader(''), observations, truncated };
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

function parseLine(line: string, number: number): Observation {
  try {
    const observation = JSON.parse(line);
    if (observation === null || typeof observation !== 'object') throw new Error('it is no object');
    return observation;
  } catch (cause) {
    throw new Error(`history line ${number} is not JSON: ${line.slice(0, 80)}`, { cause });
  }
}
