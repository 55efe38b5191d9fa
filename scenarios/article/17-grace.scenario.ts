import { claim, dropsNothing, killCuts, killedAfter, rolling, sampleService, scenario } from 'rollproof';

/** Claim 17: a pod has 30 s of grace, then it is killed. Shown by an app that does not heed SIGTERM. */

scenario('an app that does not heed SIGTERM is killed after 30 s, and what is in flight is cut', {
  given: sampleService('defects/sigterm-ignored', 'defects').with({ terminationGracePeriodSeconds: 30 }),
  // New connections are long gone when SIGKILL comes; a GET that it cuts is silently sent again: POSTs show it.
  under: { rate: 60, lanes: ['kept-post'], baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'sigterm-ignored', failing: ['no-drops'], only: true },
  claims: [
    claim('a pod that has not ended 30 s after its deletion is killed', killedAfter({ seconds: 30 }), { article: 17 }),
    claim('it cuts what is in flight', killCuts({}), { article: 17 }),
    claim('30 s of grace are enough to drop nothing', dropsNothing({}), { article: 17, holds: false }),
  ],
});
