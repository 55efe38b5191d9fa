import {
  claim,
  dippedBy,
  drain,
  dropsNothing,
  keepsReady,
  overtaken,
  rolling,
  sampleService,
  scenario,
} from 'rollproof';

/**
 * A node is drained in the middle of an update. The strategy binds the Deployment's controller alone: `kubectl drain`
 * evicts all of the node's pods at once, on top of what the update takes away. A PodDisruptionBudget of as many pods as
 * the strategy promises makes it wait, pod by pod, for others to be ready.
 */

const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });
// Three nodes take more of a small machine than one.
const under = { rate: 20, baselineSeconds: 5 };

scenario('a node that is drained in mid-roll takes more pods than the strategy allows', {
  given: sampleService('drain', 'correct'),
  under,
  on: { nodes: 3 },
  when: overtaken(upgrade, { wave: [2, 2] }, drain()),
  expect: { verdict: 'fail', failing: ['ready-floor'] },
  claims: [
    claim('the update by itself keeps to its strategy', keepsReady({ of: 0 })),
    claim('it is the evictions that break the floor', dippedBy({ label: 'eviction' })),
    claim('a service that shuts down right drops nothing all the same', dropsNothing({})),
  ],
});

scenario('with a PodDisruptionBudget of as many pods as the strategy promises, the drain waits', {
  given: sampleService('drain-budget', 'correct'),
  under,
  on: { nodes: 3 },
  when: overtaken(upgrade, { wave: [2, 2] }, drain()),
  expect: 'pass',
  claims: [claim('the floor holds while the node is drained', keepsReady({ of: 1 }))],
});
