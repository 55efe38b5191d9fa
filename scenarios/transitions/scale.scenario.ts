import { overtaken, rolling, sampleService, scale, scenario } from 'rollproof';

/**
 * Another number of replicas while an update is under way. The controller adds to the old ReplicaSet too, in proportion:
 * no step back. Until the larger number is reached, the floor is that of the smaller one, the ceiling that of the larger.
 */

const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });

scenario('scaling up in the middle of an update drops nothing', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 40 },
  when: overtaken(upgrade, { wave: [2, 2] }, scale({ replicas: 5 })),
  expect: 'pass',
});
