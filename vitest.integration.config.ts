import { defineConfig } from 'vitest/config';

/** Tests of the harness's own parts against real ones (Docker, k6, a registry on loopback): `npm run test:integration`. */
export default defineConfig({
  test: { include: ['**/*.integration.test.ts'], fileParallelism: false, testTimeout: 300_000, hookTimeout: 300_000 },
});
