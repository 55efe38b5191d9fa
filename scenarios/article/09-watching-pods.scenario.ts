import { beside, claim, rolling, sampleService, scenario, watchIsTimely, watchPods, watchShowsAll } from 'rollproof';

/**
 * Claim 9: `kubectl get pods --watch` shows ready and restart counts in real time. The new version gets ready and is then
 * restarted by the kubelet, so that there are restarts to be shown.
 */

scenario('kubectl get pods --watch beside an update whose pods are restarted', {
  given: sampleService('nightly', 'defects', { versions: ['1.0.0', 'fails-liveness'] }).with({
    startupProbe: { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 1, failureThreshold: 30 },
    livenessProbe: { httpGet: { path: '/live', port: 8000 }, periodSeconds: 1, failureThreshold: 2 },
    env: { LIVE_SECONDS: 1 },
  }),
  under: { rate: 40, baselineSeconds: 5 },
  when: beside(rolling({ container: 'app', image: 'rollproof/defects:fails-liveness' }), watchPods()),
  expect: { verdict: 'fail', cause: 'liveness-kills-under-load', failing: ['no-drops', 'ready-floor'] },
  claims: [
    claim('it shows every change of ready and restart counts, in order', watchShowsAll({}), { article: 9 }),
    claim('it shows them in real time: within a second of our own watch', watchIsTimely({ ms: 1000 }), { article: 9 }),
  ],
});
