import {
  claim,
  dropsNothing,
  duration,
  getsStuck,
  hold,
  inTurn,
  keepsReady,
  reversesByItself,
  rollback,
  rolling,
  sampleService,
  scenario,
  stalls,
  unreadyGetNothing,
} from 'rollproof';

/**
 * Claim 8: a new pod that fails its readiness probe gets no traffic; the rollout pauses "or reverses"; the old pods keep
 * serving. The new version works, but its /ready answers 503 for ever. Kubernetes waits ten minutes before it says that a
 * rollout does not get on; here it waits 15 s.
 */

scenario('a version that never gets ready gets no traffic, gets stuck, and is undone without a drop', {
  given: sampleService('fixed', 'defects', { versions: ['1.0.0', 'never-ready'] }).with({
    image: 'rollproof/defects:1.0.0',
    progressDeadlineSeconds: 15,
  }),
  under: { rate: 40, baselineSeconds: 5 },
  when: inTurn(
    stalls(rolling({ container: 'app', image: 'rollproof/defects:never-ready' })),
    hold({ seconds: 10 }),
    rollback(),
  ),
  expect: 'pass',
  claims: [
    claim('a new pod that fails readiness gets no traffic', unreadyGetNothing({}), { article: 8 }),
    claim('the rollout pauses: it scales nothing any more', getsStuck({}), { article: 8 }),
    claim('or it reverses, by itself', reversesByItself({}), { article: 8, holds: false }),
    claim('all old pods keep serving', keepsReady({ of: 0, atLeast: 3 }), { article: 8 }),
    claim('the old pods drop nothing meanwhile', dropsNothing({ of: 0 }), { article: 8 }),
    claim('undo mends it', duration({ of: 1 }), { article: 8, instead: true }),
    claim('undo drops nothing', dropsNothing({ of: 1 }), { article: 8, instead: true }),
  ],
});
