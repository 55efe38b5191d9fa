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
export function decodeHistory(text: string): History {
  const lines = text.split('\n');
  const unfinished = lines.pop() ?? '';
  const [first, ...rest] = lines;
  const header = parseHeader(first ?? unfinished);
  return { header, observations: rest.map((line, index) => parseLine(line, index + 2)), truncated: unfinished !== '' };
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
