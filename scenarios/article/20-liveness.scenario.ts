import {
  claim,
  dropsNothing,
  livenessHoldsBack,
  readinessGuides,
  rolling,
  sampleService,
  scenario,
  stalls,
} from 'rollproof';

/**
 * Claim 20: liveness probes guide the rollout. The new version gets ready, and its liveness fails as soon as it is asked
 * for, so that the kubelet restarts it again and again. (The startup probe keeps liveness from being asked for while a
 * busy machine still starts the process.)
 */

const probes = {
  startupProbe: { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 1, failureThreshold: 30 },
  livenessProbe: { httpGet: { path: '/live', port: 8000 }, periodSeconds: 1, failureThreshold: 2 },
};
const dying = rolling({ container: 'app', image: 'rollproof/defects:fails-liveness' });

const service = (settings: { minReadySeconds?: number; progressDeadlineSeconds?: number } = {}) =>
  sampleService('nightly', 'defects', { versions: ['1.0.0', 'fails-liveness'] }).with({
    ...probes,
    env: { LIVE_SECONDS: 1 },
    ...settings,
  });

scenario('a version that fails its liveness is rolled out all the same', {
  given: service(),
  under: { rate: 40, baselineSeconds: 5 },
  when: dying,
  expect: { verdict: 'fail', cause: 'liveness-kills-under-load', failing: ['no-drops', 'ready-floor'] },
  claims: [
    claim('liveness probes guide the rollout', livenessHoldsBack({}), { article: 20, holds: false }),
    claim('each step waits for a new pod to be ready', readinessGuides({}), { article: 20, instead: true }),
    claim('it drops nothing', dropsNothing({}), { holds: false }),
  ],
});

scenario('a version that fails its liveness within minReadySeconds is not rolled out', {
  given: service({ minReadySeconds: 15, progressDeadlineSeconds: 20 }),
  under: { rate: 40, baselineSeconds: 5 },
  when: stalls(dying),
  expect: { verdict: 'fail', cause: 'liveness-kills-under-load', failing: ['done'] },
  claims: [
    claim('liveness probes guide the rollout', livenessHoldsBack({}), {
      article: 20,
      onlyIf: 'minReadySeconds outlasts the first restart',
    }),
  ],
});
