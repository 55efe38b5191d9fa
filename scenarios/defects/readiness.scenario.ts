import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: pods that are called ready too soon. */

scenario('a slow start without a readiness probe is caught', {
  given: sampleService('defects/no-readiness-probe', 'defects'),
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'no-readiness-probe', failing: ['no-drops'] },
});
