import { defineConfig } from 'vitest/config';

/** Tests of report.html in a real browser: `npm run check:page`. */
export default defineConfig({
  test: {
    include: ['harness/**/*.chromium.test.ts'],
    globalSetup: ['harness/cli/install-chromium.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'node_modules/.cache/rollproof/page.json' }]],
  },
});
