import { refusedByMachine } from '../errors.ts';

/**
 * What went wrong, and where in the scenario's own file: more of a stack helps nobody who did not write what is below.
 * Errors that crossed a thread are plain objects, some without a prototype.
 */
export function wordsOfError(error: unknown, file?: { path: string; shown: string }): string {
  if (error === undefined) return 'it did not run';
  const { message = JSON.stringify(error), shortMessage, stderr, stacks = [] } = error as CrossedError;
  const refused = refusedByMachine(error);
  if (refused !== undefined) return refused;
  // Of a command that failed: what was called, and what that said.
  if (shortMessage !== undefined)
    return [shortMessage, stderr?.trim()]
      .filter(Boolean)
      .join(': ')
      .replace(/\s*\n\s*/g, '; ');
  const own = stacks.find((frame) => frame.file === file?.path);
  return own === undefined || file === undefined ? message : `${message} (${file.shown}:${own.line}:${own.column})`;
}

interface CrossedError {
  message?: string;
  /** Of execa. */
  shortMessage?: string;
  stderr?: string;
  /** Of Vitest. */
  stacks?: { file: string; line: number; column: number }[];
}
