import { defineConfig } from 'vitest/config';

/** Faults injected into real runs, one after the other: each takes about 100 s. */
export default defineConfig({
  test: {
    include: ['harness/faults/**/*.faults.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
});
