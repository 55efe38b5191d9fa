import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { privateFolder, stateFolder } from './state.ts';

/** One thing that set-up changed on this machine: what `doctor --undo` takes back, newest first. */
export type Change =
  | { what: 'packages'; names: string[] }
  | { what: 'daemon'; pidFile: string }
  | { what: 'route'; range: string }
  | { what: 'image'; ref: string }
  | { what: 'folder'; path: string };

const journalPath = () => join(stateFolder(), 'changes.jsonl');

/** Writes a change down before it is made, so that an interrupted one is known too. */
export function noteChange(change: Change): void {
  if (changes().some((known) => JSON.stringify(known) === JSON.stringify(change))) return;
  privateFolder(stateFolder());
  appendFileSync(journalPath(), `${JSON.stringify(change)}\n`);
}

export function changes(): Change[] {
  if (!existsSync(journalPath())) return [];
  return readFileSync(journalPath(), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Change);
}

export const forgetChanges = (): void => rmSync(journalPath(), { force: true });
