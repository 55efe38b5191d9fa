import { claim, inTurn, makesReplicaSets, rolling, sameWaves, sampleService, scenario } from 'rollproof';

/** Claim 3: `kubectl set image`, `kubectl edit` and `kubectl patch` (strategic merge) each trigger the same rolling update. */

const to = (version: string) => ({ container: 'app', image: `rollproof/correct:${version}` });

scenario('set image, edit and patch trigger the same rolling update', {
  // What it claims is no matter of load or of the time that pods take to end.
  given: sampleService('fixed', 'correct', { versions: ['1.0.0', '2.0.0', '3.0.0', '4.0.0'] }).with({
    preStopSleepSeconds: 3,
    env: { DRAIN_SECONDS: 3 },
  }),
  under: { rate: 20, baselineSeconds: 5 },
  when: inTurn(
    rolling({ ...to('2.0.0'), by: 'set-image' }),
    rolling({ ...to('3.0.0'), by: 'edit' }),
    rolling({ ...to('4.0.0'), by: 'patch' }),
  ),
  expect: 'pass',
  claims: [
    claim('each triggers a rolling update', makesReplicaSets({}), { article: 3 }),
    claim('each goes through the same waves', sameWaves({}), { article: 3 }),
  ],
});
