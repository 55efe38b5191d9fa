/** Waits until a condition holds (true) or the budget is spent (false). The state behind it is fed by watches. */
export function waiter(signal: AbortSignal) {
  return async (holds: () => boolean, budgetMs: number): Promise<boolean> => {
    const deadline = performance.now() + budgetMs;
    while (performance.now() < deadline) {
      if (signal.aborted) throw signal.reason;
      if (holds()) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return holds();
  };
}

/** Rejects with the signal's reason, once it is given; else never ends. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Holds once `holds` has held at every look for so long, from now on. */
export function steady(holds: () => boolean, ms: number): () => boolean {
  let since = performance.now();
  return () => {
    if (!holds()) since = performance.now();
    return performance.now() - since >= ms;
  };
}

/** Holds once `holds` has held at so many looks on end. */
export function often(holds: () => boolean, looks: number): () => boolean {
  let held = 0;
  return () => {
    held = holds() ? held + 1 : 0;
    return held >= looks;
  };
}
