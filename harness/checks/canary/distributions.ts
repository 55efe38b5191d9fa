import { compiled, incbi, lgam, ndtr } from 'cephes';

// Cephes (Moshier), the library behind SciPy's distributions, as WebAssembly inside the package: nothing is read or fetched.
await compiled;

/** The value below which a beta distribution has the share `p`. */
export const betaQuantile = (p: number, a: number, b: number): number => incbi(a, b, p);

/** The share of a standard normal distribution that lies above `z`. */
export const normalAbove = (z: number): number => ndtr(-z);

/** Of `drawn` from `all`, of which `marked` are marked: how likely it is that `hits` marked ones are among them, or more. */
export function hypergeometricAtLeast(hits: number, all: number, marked: number, drawn: number): number {
  let sum = 0;
  for (let k = Math.max(hits, 0, drawn + marked - all); k <= Math.min(marked, drawn); k++)
    sum += Math.exp(lnChoose(marked, k) + lnChoose(all - marked, drawn - k) - lnChoose(all, drawn));
  return Math.min(1, sum);
}

const lnChoose = (n: number, k: number): number => lgam(n + 1) - lgam(k + 1) - lgam(n - k + 1);
