import { rolling, sampleService, scenario } from 'rollproof';

/** Work that takes seconds: answers that are long in coming, and streams. */

scenario('requests that take seconds, and streams, are let finish', {
  given: sampleService('fixed', 'correct'),
  under: { lanes: ['new', 'slow', 'stream'] },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
});
