import { claim, dropsNothing, readyAtLeast, readyMeansListening, rolling, sampleService, scenario } from 'rollproof';

/**
 * Claim 2: with 3 replicas, maxSurge 1 and maxUnavailable 0, no pod is unavailable and no request is dropped. With the
 * manifest as printed, with /ready wired as its readiness probe, and with the smallest fix.
 */

const upgrade = (image: string) => rolling({ container: 'app', image: `rollproof/${image}:2.0.0` });

/** The same three statements each time. As it is published only the first holds. */
const claims = ({ onlyIf, listens, drops }: { onlyIf?: string; listens: boolean; drops: boolean }) => {
  const part = { article: 2, ...(onlyIf === undefined ? {} : { onlyIf }) };
  return [
    claim('zero pods unavailable', readyAtLeast({ pods: 3 }), part),
    claim('each of them listens', readyMeansListening({}), { ...part, holds: listens }),
    claim('zero dropped requests', dropsNothing({}), { ...part, holds: !drops }),
  ];
};

scenario("the article's app and manifest as printed drop requests in a rolling update", {
  given: sampleService('article', 'article'),
  under: { rate: 40, baselineSeconds: 5 },
  when: upgrade('article'),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
  claims: claims({ listens: false, drops: true }),
});

scenario("the article's app and settings drop requests in a rolling update", {
  given: sampleService('article-ready', 'article'),
  when: upgrade('article'),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
  claims: claims({ onlyIf: '/ready is wired as the readiness probe', listens: true, drops: true }),
});

scenario("the article's app with the smallest fix drops nothing", {
  given: sampleService('fixed', 'correct'),
  // More than 3,000 requests in each lane.
  under: { baselineSeconds: 28 },
  when: upgrade('correct'),
  expect: 'pass',
  claims: claims({ onlyIf: '/ready is wired, and the app drains after a preStop sleep', listens: true, drops: false }),
});
