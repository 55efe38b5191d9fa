import { claim, deletePods, dropsNothing, keepsReady, overtaken, rolling, sampleService, scenario } from 'rollproof';

/**
 * Claim 15: maxUnavailable 0 "guarantees at least one pod is always available". It promises more and less than that: the
 * rollout itself takes no pod away before another is available in its place, so all R stay; but whatever else takes pods
 * away (a deletion, an eviction, a probe that fails) does not ask it.
 */

const under = { rate: 40, baselineSeconds: 5 };
const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });
const always = (options: { holds?: boolean; onlyIf?: string } = {}) =>
  claim('at least one pod is always available', keepsReady({ atLeast: 1 }), { article: 15, ...options });

scenario('three replicas with maxUnavailable 0, one of which is deleted in mid-roll: two are left', {
  given: sampleService('fixed', 'correct'),
  under,
  when: overtaken(upgrade, { wave: [2, 2] }, deletePods({ count: 1, ready: true })),
  expect: 'pass',
  claims: [
    always({ onlyIf: 'there are several replicas' }),
    claim('the rollout by itself keeps all replicas available', keepsReady({ atLeast: 3, of: 0 }), {
      article: 15,
      instead: true,
    }),
    claim('all replicas stay available whatever happens', keepsReady({ atLeast: 3, of: 1 }), {
      article: 15,
      instead: true,
      holds: false,
    }),
  ],
});

scenario('one replica with maxUnavailable 0, deleted in mid-roll: none is left', {
  // A pod takes 20 s to be ready, and the deleted one serves on for 11: it ends well before another is there.
  given: sampleService('fixed', 'correct').with({
    replicas: 1,
    patch: {
      spec: {
        template: { spec: { containers: [{ name: 'app', readinessProbe: { initialDelaySeconds: 20 } }] } },
      },
    },
  }),
  under,
  when: overtaken(upgrade, { seconds: 3 }, deletePods({ count: 1, ready: true })),
  expect: { verdict: 'fail', failing: ['no-drops'] },
  claims: [
    claim('the rollout by itself keeps the one replica available', keepsReady({ atLeast: 1, of: 0 }), {
      article: 15,
      instead: true,
    }),
    always({ holds: false }),
    claim('no request is dropped', dropsNothing({ of: 1 }), { holds: false }),
  ],
});
