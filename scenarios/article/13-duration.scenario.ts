import { claim, duration, matchesModel, rolling, sampleService, scenario } from 'rollproof';

/** Claim 13: 3 replicas, 1 unavailable, 30 s of start-up: 1 to 2 minutes. (Its 100 replicas have a scenario of their own.) */

scenario('three replicas that take 30 s to start, one unavailable, roll in 1 to 2 minutes', {
  given: sampleService('fixed', 'defects').with({
    image: 'rollproof/defects:1.0.0',
    strategy: { maxSurge: 0, maxUnavailable: 1 },
    env: { DEFECT: 'slow-start', START_SECONDS: 30 },
  }),
  under: { rate: 40, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: 'pass',
  claims: [
    claim('1 to 2 minutes', duration({ atLeastSeconds: 60, atMostSeconds: 120 }), { article: 13 }),
    claim('as the model says: pods one at a time, each its start-up', matchesModel({ startupSeconds: 30 }), {
      article: 13,
      instead: true,
    }),
  ],
});
