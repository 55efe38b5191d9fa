import {
  claim,
  inheritsCause,
  inspect,
  inTurn,
  listsCause,
  recordIsDeprecated,
  recordMarks,
  rolling,
  sampleService,
  scenario,
} from 'rollproof';

/** Claim 14: `--record` marks the rollout. Then an update without it, and one whose change-cause is written by hand. */

const to = (version: string) => ({ container: 'app', image: `rollproof/correct:${version}` });
const history = (label: string) => inspect(['rollout', 'history'], label);

scenario('what marks a rollout in its history', {
  // What it claims is no matter of load or of the time that pods take to end.
  given: sampleService('fixed', 'correct', { versions: ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] }).with({
    preStopSleepSeconds: 3,
    env: { DRAIN_SECONDS: 3 },
  }),
  under: { rate: 20, baselineSeconds: 5 },
  when: inTurn(
    rolling({ ...to('2.0.0'), record: true }),
    history('recorded'),
    rolling(to('3.0.0')),
    history('unmarked'),
    rolling({ ...to('4.0.0'), changeCause: 'by hand' }),
    history('by hand'),
  ),
  expect: 'pass',
  claims: [
    claim('--record marks the rollout', recordMarks({ label: 'recorded', revision: 2 }), { article: 14 }),
    claim('kubectl calls --record deprecated', recordIsDeprecated({}), { article: 14, instead: true }),
    claim(
      'a later update without --record keeps the mark of the one before it',
      inheritsCause({ label: 'unmarked', revision: 3 }),
      { article: 14, instead: true },
    ),
    claim(
      'the annotation kubernetes.io/change-cause, written by hand, marks the rollout',
      listsCause({ label: 'by hand', revision: 4, cause: 'by hand' }),
      { article: 14, instead: true },
    ),
  ],
});
