import { betaQuantile } from '../checks/canary/distributions.ts';

/** `hits` of `of`, and the interval in which the true share lies. */
export interface Share {
  hits: number;
  of: number;
  from: number;
  to: number;
}

/**
 * Clopper and Pearson's exact interval for a share (Biometrika 26, 1934). Of nothing, nothing is known.
 *
 * @param level with which it holds, 0..1
 */
export function share(hits: number, of: number, level = 0.95): Share {
  const tail = (1 - level) / 2;
  return {
    hits,
    of,
    from: hits === 0 ? 0 : betaQuantile(tail, hits, of - hits + 1),
    to: hits === of ? 1 : betaQuantile(1 - tail, hits + 1, of - hits),
  };
}
