import { rollover, sampleService, scenario } from 'rollproof';

/**
 * A second update that comes before the first has ended. Each is a transition of its own: of the second, the old
 * ReplicaSets are all but the newest, and the one in the middle falls again. The floor holds through both, and at the end
 * only the third version answers.
 */

scenario('an update that overtakes another drops nothing', {
  given: sampleService('fixed', 'correct', { versions: ['1.0.0', '2.0.0', '3.0.0'] }),
  under: { rate: 40 },
  when: rollover({
    container: 'app',
    images: ['rollproof/correct:2.0.0', 'rollproof/correct:3.0.0'],
    at: { wave: [2, 2] },
  }),
  expect: 'pass',
});
