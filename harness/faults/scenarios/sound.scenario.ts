import { rolling, sampleService, scenario } from 'rollproof';

/** Drops nothing: whatever it is said to have dropped while something around it breaks is not its own. */
scenario('sound', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 40, baselineSeconds: 5 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
});
