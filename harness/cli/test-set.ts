/**
 * What `npm test` runs of scenarios/ where it is not told otherwise, as filters: the claims of the article, every defect,
 * and of the other transitions one that holds most of what is hard about them. At most a dozen scenarios.
 */
export const TEST_SET = ['scenarios/article/', 'scenarios/defects/', 'scenarios/transitions/rollover.'];
