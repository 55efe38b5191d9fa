/** What is asked for with `--fuzz`: plain data, because it crosses a thread. */
export interface FuzzSettings {
  seeds: number[];
  /** Of each sequence. */
  steps: number;
  /** Folder under fixtures/manifests. */
  service: string;
  /** Most runs that one failing sequence may be shrunk in. */
  most: number;
}

export const nameFor = (seed: number, steps: number): string => `fuzz, seed ${seed}: ${steps} steps`;

/** In the run folder: what failing sequences were shrunk to. */
export const ACCOUNT_FILE = 'fuzz.md';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where scenarios are run. */
    fuzz: FuzzSettings | null;
  }
}
