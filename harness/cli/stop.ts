/** First Ctrl-C (or SIGTERM): end in order, as `words` say. Second: at once; the next run sweeps. */
export function stopOnSignals(words: string): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('stopped'));
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
