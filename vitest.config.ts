import { defineConfig } from 'vitest/config';

/** The unit tests: pure, fast, no Docker. Scenarios are run by `rollproof run`. */
export default defineConfig({
  test: {
    include: ['harness/**/*.test.ts', 'fixtures/**/*.test.ts', 'scenarios/**/*.test.ts'],
    // What is to be compared with nothing fails: only -u writes.
    update: 'none',
    exclude: ['**/*.integration.test.ts', '**/*.chromium.test.ts', '**/node_modules/**'],
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/rollproof/unit.json' }]],
  },
});
