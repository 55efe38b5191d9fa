import {
  claim,
  dropsNothing,
  keepsReady,
  mixesVersionsWhilePaused,
  pauseResume,
  resumes,
  rolling,
  sampleService,
  scalesNothingWhilePaused,
  scenario,
} from 'rollproof';

/** Claim 11: `rollout pause` keeps the state as it is, with both versions serving; `rollout resume` goes on. */

scenario('a rollout that is paused in the middle stays there, serves both versions, and goes on when it is resumed', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 25, baselineSeconds: 5 },
  when: pauseResume(rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }), {
    at: { wave: [2, 2] },
    seconds: 10,
  }),
  expect: 'pass',
  claims: [
    claim('pause keeps the state: nothing is scaled', scalesNothingWhilePaused({}), { article: 11 }),
    claim('all replicas stay available', keepsReady({ atLeast: 3 }), { article: 11 }),
    claim('both versions answer meanwhile', mixesVersionsWhilePaused({ lanes: ['new'] }), { article: 11 }),
    claim('resume goes on to the end', resumes({}), { article: 11 }),
    claim('it drops nothing', dropsNothing({}), { article: 11, onlyIf: 'the app drains, after a preStop sleep' }),
  ],
});
