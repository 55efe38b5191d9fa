/** Computes something of a history once, however many ask for it. Histories don't change once they are read. */
export function perHistory<H extends object, T>(compute: (history: H) => T): (history: H) => T {
  const known = new WeakMap<H, { value: T }>();
  return (history) => {
    const found = known.get(history);
    if (found !== undefined) return found.value;
    const value = compute(history);
    known.set(history, { value });
    return value;
  };
}
