import { writeSync } from 'node:fs';

/** Ctrl-C; what CI sends when time is up; a terminal that is closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Until something is begun that has to be ended in order, and for commands that begin nothing: exit 130, as whatever is stopped. */
const atOnce = () => {
  try {
    // Not through the stream: a list of steps on a terminal holds that back, and has hidden the cursor.
    writeSync(2, `${process.stderr.isTTY ? '\x1b[?25h' : ''}\nrollproof: stopped\n`);
  } catch {
    // Nobody reads it.
  }
  process.exit(130);
};

export function stopAtOnce(): void {
  for (const name of SIGNALS) process.on(name, atOnce);
}

/**
 * First Ctrl-C (or another of the signals): end in order, as `words` say. Second: at once; the next run sweeps.
 *
 * @param before is called before it says so
 */
export function stopOnSignals(words: string, before: () => void = () => {}): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('stopped'));
    before();
    process.stderr.write(`\nrollproof: stopping: ${words} (again Ctrl-C: at once)\n`);
  };
  const atOnceBefore = process.listeners('SIGTERM').includes(atOnce);
  for (const name of SIGNALS) process.off(name, atOnce).on(name, stop);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, stop);
      if (atOnceBefore) stopAtOnce();
    },
  };
}
