/**
 * What `npm test` runs of scenarios/ where it is not told otherwise, as filters: the article's app and its fix, defects of
 * each kind, and of the transitions those that hold most of what is hard about them. At most a dozen scenarios; all defects,
 * many times each, are what `npm run bench -- detector` is for.
 */
export const TEST_SET = [
  "article's app and settings drop requests in",
  'the smallest fix drops nothing',
  'scenarios/defects/blue-green.',
  'a slow start without a readiness probe',
  'a shell that keeps SIGTERM to itself',
  'exits without draining is caught',
  'scenarios/defects/strategy.scenario.ts the strategy Recreate',
  'a single replica that may be unavailable',
  'scenarios/defects/streams.',
  'scenarios/article/08-',
  'scenarios/transitions/rollover.',
];
