import { patch, sampleService, scenario } from 'rollproof';

/**
 * 40% of 3 replicas is 1.2. What may surge is rounded up, what may be missing down: 5 may be wanted, 2 have to be
 * available.
 */

const app = { name: 'app', image: 'rollproof/correct:2.0.0' };

scenario('percentages are rounded up for the surge and down for what may be missing', {
  given: sampleService('percentages', 'correct'),
  under: { rate: 40 },
  when: patch({ spec: { template: { spec: { containers: [app] } } } }),
  expect: 'pass',
});
