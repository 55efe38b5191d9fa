import { defineConfig } from 'vitest/config';

/** What has to notice a mutant of checks/, diagnosis/ or history/: first their unit tests. */
export default defineConfig({
  test: {
    include: ['harness/{checks,diagnosis,history}/**/*.test.ts'],
    // What is to be compared with nothing fails: only -u writes.
    update: 'none',
    exclude: ['**/node_modules/**'],
    // A machine that stalls is no mutant that is noticed.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // A second process knows nothing of the mutant.
    testNamePattern: /^(?!in another time zone)/,
  },
});
