import { claim, podsGo, readyAtLeast, rolling, sampleService, scenario } from 'rollproof';

/** Claim 1: 3 replicas, maxSurge 1, maxUnavailable 1: pods go 4, 3, 4, 3, 4, 3, and at least 2 are active at all times. */

const steps = [4, 3, 4, 3, 4, 3];

scenario('one pod more and one less at a time', {
  given: sampleService('fixed', 'correct').with({ strategy: { maxSurge: 1, maxUnavailable: 1 } }),
  under: { rate: 40, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
  claims: [
    claim('wanted pods go 4, 3, 4, 3, 4, 3', podsGo({ counted: 'wanted', pods: steps }), { article: 1 }),
    claim('pods go 4, 3, 4, 3, 4, 3', podsGo({ counted: 'existing', pods: steps }), { article: 1, holds: false }),
    claim('ready pods go 4, 3, 4, 3, 4, 3', podsGo({ counted: 'ready', pods: steps }), { article: 1, holds: false }),
    claim('at least 2 are active at all times', readyAtLeast({ pods: 2 }), { article: 1 }),
  ],
});
