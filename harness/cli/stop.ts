/**
 * First Ctrl-C (or SIGTERM): end in order, as `words` say. Second: at once; the next run sweeps.
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
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
