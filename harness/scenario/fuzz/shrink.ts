export interface Shrunk<T> {
  /** The shortest that was seen to fail; the whole where nothing shorter was. */
  shortest: T[];
  /** How many candidates were tried. */
  runs: number;
  /** Nothing that is left can be taken away: else the runs ended before that was known. */
  minimal: boolean;
}

export interface ShrinkOptions<T> {
  /** Most candidates that may be tried. */
  most: number;
  /** Candidates that are tried before all others: where the failure was seen. */
  hints?: T[][];
  /** What of a candidate makes sense without the rest. Default: all. */
  sensible?: (items: T[]) => T[];
}

/**
 * The shortest part of a failing sequence that still fails, its order kept: delta debugging (Zeller and Hildebrandt,
 * "Simplifying and Isolating Failure-Inducing Input", 2002), which ends by taking single ones away.
 *
 * No candidate is tried twice, and none that is no shorter than what has failed already.
 *
 * @param fails whether a candidate fails the same way
 */
export async function shrink<T>(
  whole: T[],
  fails: (candidate: T[]) => Promise<boolean>,
  { most, hints = [], sensible = (items) => items }: ShrinkOptions<T>,
): Promise<Shrunk<T>> {
  let shortest = whole;
  let runs = 0;
  let out = false;
  const known = new Set([JSON.stringify(whole), '[]']);
  /** Whether it fails and is now the shortest. */
  const take = async (part: T[]): Promise<boolean> => {
    const candidate = sensible(part);
    const key = JSON.stringify(candidate);
    if (candidate.length >= shortest.length || known.has(key)) return false;
    if (runs >= most) out = true;
    if (out) return false;
    known.add(key);
    runs += 1;
    if (!(await fails(candidate))) return false;
    shortest = candidate;
    return true;
  };

  for (const hint of hints) await take(hint);
  let chunks = 2;
  while (shortest.length > 1 && !out) {
    const parts = split(shortest, chunks);
    const found = await firstOf(take, chunks === 2 ? parts : [...parts, ...complements(parts)]);
    if (found === undefined) {
      if (chunks >= shortest.length) break;
      chunks = Math.min(2 * chunks, shortest.length);
    } else chunks = found < parts.length ? 2 : Math.max(2, Math.min(chunks - 1, shortest.length));
  }
  return { shortest, runs, minimal: !out };
}

async function firstOf<T>(take: (part: T[]) => Promise<boolean>, parts: T[][]): Promise<number | undefined> {
  for (const [index, part] of parts.entries()) if (await take(part)) return index;
  return undefined;
}

function split<T>(items: T[], chunks: number): T[][] {
  const at = (index: number) => Math.round((index * items.length) / chunks);
  return Array.from({ length: chunks }, (_, index) => items.slice(at(index), at(index + 1)));
}

const complements = <T>(parts: T[][]): T[][] =>
  parts.map((_, without) => parts.filter((_, index) => index !== without).flat());
