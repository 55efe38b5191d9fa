import type { History } from '../../types.ts';

/** Tells one literal history, always the same. */
export type Case = () => History;
