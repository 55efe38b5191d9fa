import {
  beside,
  claim,
  countsCompleteAtStatus,
  onlyNewAnswersAfterStatus,
  onlyNewPodsAtStatus,
  rolling,
  rolloutStatus,
  sampleService,
  scenario,
  statusShowsProgress,
} from 'rollproof';

/** Claim 4: `kubectl rollout status` shows progress; once it is complete, all pods run the new version. */

scenario('what still runs and answers when rollout status returns', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 40, baselineSeconds: 5 },
  when: beside(rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }), rolloutStatus()),
  expect: 'pass',
  claims: [
    claim('it shows progress', statusShowsProgress({}), { article: 4 }),
    claim("once it is complete, the Deployment's counts are", countsCompleteAtStatus({}), {
      article: 4,
      instead: true,
    }),
    claim('once it is complete, all pods run the new version', onlyNewPodsAtStatus({}), { article: 4, holds: false }),
    claim('once it is complete, only the new version answers', onlyNewAnswersAfterStatus({}), {
      article: 4,
      holds: false,
    }),
  ],
});
