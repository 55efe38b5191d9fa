import {
  claim,
  inTurn,
  keepsPods,
  makesReplicaSets,
  patch,
  restart,
  sameWaves,
  sampleService,
  scenario,
} from 'rollproof';

/** Claim 16: a strategic merge patch of only the image avoids a full rollout. `rollout restart` is what a full one is. */

const image = { containers: [{ name: 'app', image: 'rollproof/correct:2.0.0' }] };

scenario('a patch of only the image is a full rollout', {
  // What it claims is no matter of load or of the time that pods take to end.
  given: sampleService('fixed', 'correct').with({ preStopSleepSeconds: 3, env: { DRAIN_SECONDS: 3 } }),
  under: { rate: 20, baselineSeconds: 5 },
  when: inTurn(patch({ spec: { template: { spec: image } } }), restart()),
  expect: 'pass',
  claims: [
    claim('a strategic patch of only the image avoids a full rollout', keepsPods({}), { article: 16, holds: false }),
    claim('it is the same rollout as one of everything (`rollout restart`)', sameWaves({}), {
      article: 16,
      instead: true,
    }),
    claim('each makes a ReplicaSet of its own', makesReplicaSets({}), { article: 16, instead: true }),
  ],
});
