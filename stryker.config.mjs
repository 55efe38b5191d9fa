/**
 * `npm run mutants`: changes of checks/, diagnosis/ and history/, one at a time, each of which some test has to notice. It takes
 * an hour or two. What was found of a mutant is kept until it, or a test that ran it, changes: the next run is short.
 *
 * @type {import('@stryker-mutator/api/core').PartialStrykerOptions}
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutants.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  mutate: ['harness/{checks,diagnosis,history}/**/*.ts', '!**/*.test.ts', '!**/testing/**'],
  coverageAnalysis: 'perTest',
  // Those of constants would need a new process for each, and all tests.
  ignoreStatic: true,
  // What never ends is to be cut off, not what a busy machine holds up.
  timeoutMS: 120_000,
  timeoutFactor: 4,
  incremental: true,
  incrementalFile: 'reports/mutation/incremental.json',
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  htmlReporter: { fileName: 'reports/mutation/index.html' },
  reporters: ['json', 'html', 'clear-text', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false },
  // It knows TypeScript's old interface only, which the compiler here no longer has. Nothing has to be compiled.
  tsconfigFile: 'no-tsconfig.json',
  tempDirName: '.stryker-tmp',
  thresholds: { high: 95, low: 90, break: 90 },
  warnings: { slow: false },
};
