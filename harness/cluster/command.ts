import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ExecaError, execa } from 'execa';

/** What went wrong with a command of set-up, with the end of its output: enough to act on. */
export class CommandFailed extends Error {
  constructor(what: string, log: string, lines: string[], cause: unknown) {
    super(`${what} failed; the last lines (all of them: ${log}):\n${lines.map((line) => `    ${line}`).join('\n')}`, {
      cause,
    });
    this.name = 'CommandFailed';
  }
}

const LAST_LINES = 12;

/**
 * Runs a command with all of its output in a log file. `onLine` sees each line as it comes.
 *
 * @param options.signal ends it
 * @throws CommandFailed with the last lines; the signal's reason, where that has ended it.
 */
export async function logged(
  what: string,
  log: string,
  [command, ...args]: [string, ...string[]],
  options: {
    cwd?: string;
    env?: Record<string, string>;
    onLine?: (line: string) => void;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<void> {
  mkdirSync(dirname(log), { recursive: true });
  const file = createWriteStream(log, { flags: 'a' });
  // A log that cannot be written, on a full disk say, does not end what it is of: its last lines are told without it.
  file.on('error', () => undefined);
  file.write(`\n$ ${[command, ...args].join(' ')}\n`);
  const last: string[] = [];
  const child = execa(command, args, {
    all: true,
    buffer: false,
    stdin: 'ignore',
    ...(options.cwd ? { cwd: options.cwd } : {}),
    ...(options.env ? { env: options.env } : {}),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
  });
  try {
    for await (const line of child.iterable({ from: 'all' })) {
      file.write(`${line}\n`);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      options.onLine?.(line);
    }
    await child;
  } catch (error) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new CommandFailed(what, log, last.length > 0 ? last : [shortMessage(error)], error);
  } finally {
    // All of it is in the log before anybody is told to read it.
    await new Promise((written) => file.end(written));
  }
}

/** Whether a command can be run and ends well; its output, where it does. */
export async function tryCommand(command: string, args: string[], timeout = 15_000): Promise<string | undefined> {
  try {
    const { stdout } = await execa(command, args, { timeout, stdin: 'ignore' });
    return stdout;
  } catch {
    return undefined;
  }
}

function shortMessage(error: unknown): string {
  return error instanceof ExecaError ? error.shortMessage : String(error);
}
