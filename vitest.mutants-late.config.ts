import { defineConfig } from 'vitest/config';
import unit from './vitest.mutants.config.ts';

/** What notices a mutant that unit tests did not: histories, recorded and made by chance. */
export default defineConfig({
  test: { ...unit.test, include: ['harness/scenario/{histories,at-random}.test.ts'] },
});
