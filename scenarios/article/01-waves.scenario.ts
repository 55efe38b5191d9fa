import { claim, podsGo, readyAtLeast, rolling, sampleService, scenario, wantedAtMost } from 'rollproof';

/** Claim 1: 3 replicas, maxSurge 1, maxUnavailable 1: pods go 4, 3, 4, 3, 4, 3, and at least 2 are active at all times. */

scenario('one pod more and one less at a time', {
  given: sampleService('fixed', 'correct').with({ strategy: { maxSurge: 1, maxUnavailable: 1 } }),
  under: { rate: 40, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
  claims: [
    claim('pods go 4, 3, 4, 3, 4, 3', podsGo({ counted: 'existing', pods: [4, 3, 4, 3, 4, 3] }), {
      article: 1,
      holds: false,
    }),
    claim('at least 2 are active at all times', readyAtLeast({ pods: 2 }), { article: 1 }),
    // 4, 3, 4, 3, 4, 3 where one new pod is ready after the other; with two at once old ones go by two: 4, 3, 4, 2, 3.
    claim('at most 4 are wanted, beside old ones that are going', wantedAtMost({ pods: 4 }), {
      article: 1,
      instead: true,
    }),
  ],
});
