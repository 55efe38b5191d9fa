/** What is used of the package, whose own types its `exports` leave out. */
declare module 'cephes' {
  /** The functions may be called once it has resolved. */
  export const compiled: Promise<void>;
  /** Inverse of the regularised incomplete beta function. */
  export function incbi(a: number, b: number, p: number): number;
  /** ln Γ(x). */
  export function lgam(x: number): number;
  /** Share of a standard normal distribution below `z`. */
  export function ndtr(z: number): number;
}
