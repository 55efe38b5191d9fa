import { rolling, sampleService, scenario } from 'rollproof';

/** Drops a lot: no fault around it may make a pass of it. */
scenario('bad', {
  given: sampleService('defects/exits-without-draining', 'defects'),
  under: { rate: 40, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'exits-without-draining' },
});
