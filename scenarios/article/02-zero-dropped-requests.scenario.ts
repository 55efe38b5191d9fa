import { claim, dropsNothing, readyAtLeast, readyMeansListening, rolling, sampleService, scenario } from 'rollproof';

/** Claim 2: with 3 replicas, maxSurge 1 and maxUnavailable 0, no pod is unavailable and no request is dropped. */

const upgrade = (image: string) => rolling({ container: 'app', image: `rollproof/${image}:2.0.0` });

const unavailable = (options: { onlyIf?: string } = {}) =>
  claim('zero pods unavailable', readyAtLeast({ pods: 3 }), { article: 2, ...options });
const dropped = (options: { holds?: boolean; onlyIf?: string } = {}) =>
  claim('zero dropped requests', dropsNothing({}), { article: 2, ...options });

scenario("the article's app and manifest as printed drop requests in a rolling update", {
  given: sampleService('article', 'article'),
  under: { rate: 40, baselineSeconds: 5 },
  when: upgrade('article'),
  expect: { verdict: 'fail', failing: ['no-drops'], only: true },
  claims: [
    unavailable(),
    claim('a pod that counts as available listens', readyMeansListening({}), { article: 2, holds: false }),
    dropped({ holds: false }),
  ],
});

scenario("the article's app and settings drop requests in a rolling update", {
  given: sampleService('article-ready', 'article'),
  when: upgrade('article'),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
  claims: [
    unavailable({ onlyIf: '/ready is wired as the readiness probe' }),
    dropped({ onlyIf: '/ready is wired as the readiness probe', holds: false }),
  ],
});

scenario("the article's app with the smallest fix drops nothing", {
  given: sampleService('fixed', 'correct'),
  // More than 3,000 requests in each lane.
  under: { baselineSeconds: 28 },
  when: upgrade('correct'),
  expect: 'pass',
  claims: [
    unavailable({ onlyIf: 'the app drains, after a preStop sleep' }),
    dropped({ onlyIf: 'the app drains, after a preStop sleep' }),
  ],
});
