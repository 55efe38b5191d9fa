import { restart, sampleService, scenario } from 'rollproof';

/**
 * A pod counts once it has been ready for minReadySeconds: no old pod goes before. That they are over is told by no
 * watch. The restart brings new pods of the same version, which goes on answering.
 */

scenario('a restart with minReadySeconds keeps every replica available, not only ready', {
  given: sampleService('min-ready-seconds', 'correct'),
  under: { rate: 40 },
  when: restart(),
  expect: 'pass',
});
