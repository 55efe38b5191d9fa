import { inTurn, overtaken, rollback, rolling, sampleService, scenario } from 'rollproof';

/**
 * Going back makes no new ReplicaSet: the one of the old template is used again under a new revision. It is the new one
 * of that transition, however old it is, and at the end only the old version answers.
 */

const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });

scenario('an update and its rollback drop nothing', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 40 },
  when: inTurn(upgrade, rollback()),
  expect: 'pass',
});

scenario('a rollback in the middle of an update drops nothing', {
  given: sampleService('fixed', 'correct'),
  under: { rate: 40 },
  when: overtaken(upgrade, { wave: [2, 2] }, rollback()),
  expect: 'pass',
});
