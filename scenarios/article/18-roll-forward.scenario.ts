import {
  claim,
  dropsNothing,
  duration,
  getsStuck,
  hold,
  inTurn,
  keepsReady,
  rolling,
  sampleService,
  scenario,
  stalls,
} from 'rollproof';

/** Claim 18: a rollout that is stuck is mended by a new image, without going back first. It is left alone for 5 s before. */

const under = { rate: 40, baselineSeconds: 5 };
const good = rolling({ container: 'app', image: 'rollproof/defects:2.0.0' });
const claims = [
  claim('the rollout is stuck', getsStuck({ of: 0 }), { article: 18 }),
  claim('a new image alone mends it', duration({ of: 1 }), { article: 18 }),
  claim('all replicas stay available from the first update to the end', keepsReady({ atLeast: 3 }), { article: 18 }),
  claim('no request is dropped from the first update to the end', dropsNothing({}), {
    article: 18,
    onlyIf: 'the app drains, after a preStop sleep',
  }),
];

scenario('a rollout that is stuck on an image that is not there is mended by one that is', {
  given: sampleService('fixed', 'defects').with({ image: 'rollproof/defects:1.0.0', progressDeadlineSeconds: 15 }),
  under,
  when: inTurn(
    stalls(rolling({ container: 'app', image: 'rollproof/defects:no-such-version' })),
    hold({ seconds: 5 }),
    good,
  ),
  expect: 'pass',
  claims,
});

scenario('a rollout that is stuck on a version that never gets ready is mended by one that does', {
  given: sampleService('fixed', 'defects', { versions: ['1.0.0', 'never-ready', '2.0.0'] }).with({
    image: 'rollproof/defects:1.0.0',
    progressDeadlineSeconds: 15,
  }),
  under,
  when: inTurn(
    stalls(rolling({ container: 'app', image: 'rollproof/defects:never-ready' })),
    hold({ seconds: 5 }),
    good,
  ),
  expect: 'pass',
  claims,
});
