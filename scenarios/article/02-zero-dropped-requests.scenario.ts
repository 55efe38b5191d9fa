import { rolling, sampleService, scenario } from 'rollproof';

/** Claim 2: with 3 replicas, maxSurge 1 and maxUnavailable 0, no pod is unavailable and no request is dropped. */

const upgrade = (image: string) => rolling({ container: 'app', image: `rollproof/${image}:2.0.0` });

scenario("the article's app and settings drop requests in a rolling update", {
  given: sampleService('article-ready', 'article'),
  when: upgrade('article'),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
});

scenario("the article's app with the smallest fix drops nothing", {
  given: sampleService('fixed', 'correct'),
  // More than 3,000 requests in each lane.
  under: { baselineSeconds: 28 },
  when: upgrade('correct'),
  expect: 'pass',
});
