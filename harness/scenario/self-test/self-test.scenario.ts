import { rolling, sampleService, scenario } from 'rollproof';

/** `--self-test`: a service that is known to be bad, on the same machine in the same run. Who does not see it is blind. */

scenario('self-test: a service that exits without draining has to be caught', {
  given: sampleService('defects/exits-without-draining', 'defects'),
  under: { rate: 60, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'exits-without-draining', failing: ['no-drops'] },
  selfTest: true,
});
