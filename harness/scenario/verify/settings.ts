import type { Resolved } from './definition-of.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `rollproof verify` is to prove; null where scenarios are run. */
    verify: Resolved | null;
  }
}

export type { Resolved as VerifySettings };
