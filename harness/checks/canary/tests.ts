import { betaQuantile, hypergeometricAtLeast, normalAbove } from './distributions.ts';

/** Statistical tests, each under the name by which reports call it. */
export const TESTS = {
  interval: 'exact binomial, Clopper-Pearson',
  errors: "Fisher's exact test, one-sided",
  latency: 'Mann-Whitney U test, one-sided, normal approximation',
} as const;

export interface Interval {
  low: number;
  high: number;
}

/**
 * In which shares `hits` of `trials` leave room: covers the true share with that confidence at least, whatever it is.
 * Clopper and Pearson 1934, as R's binom.test has it.
 *
 * @param confidence 0..1, such as 0.95
 */
export function binomialInterval(hits: number, trials: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : betaQuantile(tail, hits, trials - hits + 1),
    high: hits === trials ? 1 : betaQuantile(1 - tail, hits + 1, trials - hits),
  };
}

/** So many bad ones of so many. */
export interface Rate {
  bad: number;
  of: number;
}

/**
 * How likely it is that chance alone gives `suspect` so many of the bad ones that both have together, or more: the one-sided
 * p-value of Fisher's exact test, as R's fisher.test has it.
 */
export function fisher(suspect: Rate, other: Rate): number {
  return hypergeometricAtLeast(suspect.bad, suspect.of + other.of, suspect.bad + other.bad, suspect.of);
}

export interface RankTest {
  /** Pairs (suspect, other) of which the suspect's value is the larger one; of equal ones, half. */
  u: number;
  /** One-sided: that the suspect's values are so much larger by chance alone. 1 where one side is empty. */
  p: number;
  /** Share of the pairs in which the suspect's value is larger: 0.5 where nothing differs, 1 where all are. */
  effect: number;
}

/**
 * Whether the suspect's values tend to be larger, whatever their distribution. Ties and continuity are corrected for, as
 * R's wilcox.test does.
 */
export function mannWhitney(suspect: number[], other: number[]): RankTest {
  const [m, n] = [suspect.length, other.length];
  if (m === 0 || n === 0) return { u: 0, p: 1, effect: 0.5 };
  const { sum, ties } = ranks(suspect, other);
  const u = sum - (m * (m + 1)) / 2;
  const spread = Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  // All values equal: nothing differs.
  const p = spread > 0 ? normalAbove((u - (m * n) / 2 - 0.5) / spread) : 1;
  return { u, p, effect: u / (m * n) };
}

/** The sum of the suspect's ranks among all, equal values sharing theirs; and Σ t³ − t over groups of t equal values. */
function ranks(suspect: number[], other: number[]): { sum: number; ties: number } {
  const all = [
    ...suspect.map((value) => ({ value, mine: true })),
    ...other.map((value) => ({ value, mine: false })),
  ].sort((a, b) => a.value - b.value);
  let [sum, ties] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from + 1;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    // Ranks begin at 1: those of [from, to) are from + 1 … to.
    const mine = all.slice(from, to).filter((one) => one.mine).length;
    sum += (mine * (from + 1 + to)) / 2;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { sum, ties };
}
