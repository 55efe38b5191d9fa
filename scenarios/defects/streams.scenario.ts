import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: answers that outlast the pod. */

scenario('streams longer than a pod takes to end are seen to be cut', {
  given: sampleService('fixed', 'correct'),
  // It ends 16 s after its deletion at the latest: 5 of preStop sleep, 6 of drain, 5 that waitress gives to what is still
  // being answered. One stream begins every 5 s, so that several are cut in each roll, and two threads a pod stay free.
  under: { lanes: ['stream'], stream: { seconds: 30, rate: 0.2 } },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', cause: 'stream-cut', failing: ['no-drops'] },
});
