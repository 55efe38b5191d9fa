import {
  asLongAs,
  claim,
  dropsNothing,
  duration,
  inTurn,
  keepsReady,
  rollback,
  rolling,
  sampleService,
  scenario,
} from 'rollproof';

/**
 * Claim 6: `kubectl rollout undo` restores the previous image within seconds, with no downtime. It is a rollout like any
 * other, in the other direction.
 */

const under = { rate: 40, baselineSeconds: 5 };
const thereAndBack = (image: string) =>
  inTurn(rolling({ container: 'app', image: `rollproof/${image}:2.0.0` }), rollback());

const withinSeconds = (options: { holds?: boolean; onlyIf?: string } = {}) =>
  claim('undo restores the previous image within seconds (30 at most)', duration({ of: 1, atMostSeconds: 30 }), {
    article: 6,
    ...options,
  });
const noDowntime = (options: { holds?: boolean; onlyIf?: string } = {}) =>
  claim('undo has no downtime: no request is dropped', dropsNothing({ of: 1 }), { article: 6, ...options });
const ready = (options: { onlyIf?: string } = {}) =>
  claim('undo has no downtime: all replicas stay available', keepsReady({ of: 1, atLeast: 3 }), {
    article: 6,
    ...options,
  });
scenario("undo of the article's app takes seconds, and drops requests as the update does", {
  given: sampleService('article-ready', 'article'),
  under,
  when: thereAndBack('article'),
  expect: { verdict: 'fail', failing: ['no-drops'], only: true },
  claims: [withinSeconds(), ready(), noDowntime({ holds: false })],
});

scenario('undo of an app that drains takes seconds, and drops nothing', {
  given: sampleService('fixed', 'correct'),
  under,
  when: thereAndBack('correct'),
  expect: 'pass',
  claims: [withinSeconds(), ready(), noDowntime({ onlyIf: 'the app drains, after a preStop sleep' })],
});

scenario('undo of an app that takes 12 s to start takes as long as its update', {
  given: sampleService('fixed', 'defects').with({
    image: 'rollproof/defects:1.0.0',
    env: { DEFECT: 'slow-start', START_SECONDS: 12 },
  }),
  under,
  when: thereAndBack('defects'),
  expect: 'pass',
  claims: [
    withinSeconds({ holds: false, onlyIf: 'a pod starts in 12 s' }),
    ready(),
    claim('undo takes about as long as the rollout that it undoes', asLongAs({ of: 1, as: 0 }), {
      article: 6,
      instead: true,
    }),
  ],
});
