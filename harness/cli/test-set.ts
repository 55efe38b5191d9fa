/**
 * What `npm test` runs of scenarios/ where it is not told otherwise, as filters: the article's app and its fix, every
 * defect, and of the transitions those that hold most of what is hard about them. At most a dozen scenarios.
 */
export const TEST_SET = [
  "article's app and settings drop requests in",
  'the smallest fix drops nothing',
  'scenarios/defects/',
  'scenarios/article/08-',
  'scenarios/transitions/rollover.',
];
