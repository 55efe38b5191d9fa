import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encodeLine } from '../../history/codec.ts';
import { CASES } from '../../history/testing/cases.ts';
import type { History } from '../../history/types.ts';
import { readHistory } from '../run-folder.ts';
import { HISTORIES } from './recorded-cases.ts';

/** Bytes that a kill leaves out. */
const CUT = 40;

/**
 * `npm run histories [-- name…]`: writes the history of each case in harness/history/testing/cases/, or of those that are
 * named, where it is not there as it is told. What is right for it nobody writes down but a person.
 */
const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(CASES)) {
  const tell = CASES[name];
  if (tell === undefined) throw new Error(`there is no case "${name}"`);
  write(join(HISTORIES, name), tell());
}

function write(folder: string, history: History): void {
  mkdirSync(folder, { recursive: true });
  if (isWritten(folder, history)) return;
  const text = [history.header, ...history.observations].map(encodeLine).join('');
  // A kill leaves a plain file, with its last line unfinished.
  if (history.truncated) writeFileSync(join(folder, 'history.jsonl'), text.slice(0, -CUT));
  else writeFileSync(join(folder, 'history.jsonl.gz'), gzipSync(text, { level: 9 }));
}

/** Another zlib compresses to other bytes: the lines are what counts. */
function isWritten(folder: string, { observations, truncated }: History): boolean {
  if (!existsSync(join(folder, truncated ? 'history.jsonl' : 'history.jsonl.gz'))) return false;
  const there = readHistory(folder).observations;
  return JSON.stringify(there) === JSON.stringify(truncated ? observations.slice(0, -1) : observations);
}
