import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: a sound app, a strategy that leaves nobody to answer. */

scenario('the strategy Recreate is caught', {
  given: sampleService('defects/strategy-recreate', 'correct'),
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', cause: 'strategy-recreate', failing: ['no-drops'] },
});

scenario('a single replica that may be unavailable is caught', {
  given: sampleService('defects/single-replica-unavailable', 'correct'),
  // One pod takes it all.
  under: { rate: 40 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', cause: 'single-replica-unavailable', failing: ['no-drops'] },
});

scenario('percentages that leave fewer pods than somebody counts on are caught', {
  // A quarter of four is one: three are left.
  given: sampleService('fixed', 'correct').with({
    replicas: 4,
    strategy: { maxSurge: '25%', maxUnavailable: '25%' },
  }),
  under: { rate: 40 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', floor: 4, failing: ['ready-floor'], only: true },
});
