import { defineConfig } from 'vitest/config';

/** The unit tests: pure, fast, no Docker. Scenarios are run by `rollproof run`. */
export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'fixtures/**/*.test.ts', 'scenarios/**/*.test.ts'],
    // What is to be compared with nothing fails: only -u writes.
    update: 'none',
    // None is a test of speed: on a machine that is five times as slow, each has the time that it needs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    exclude: ['**/*.integration.test.ts', '**/*.chromium.test.ts', '**/node_modules/**'],
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/rollproof/unit.json' }]],
  },
});
