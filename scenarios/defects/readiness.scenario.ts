import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: pods that are called ready too soon, or not ready while they still are. */

/** Sound, updated to a version with the defect that its tag names. */
const updatedTo = (tag: string) => sampleService('defects/plain', 'defects', { versions: ['1.0.0', tag] });
const updateTo = (tag: string) => rolling({ container: 'app', image: `rollproof/defects:${tag}` });

scenario('a slow start without a readiness probe is caught', {
  given: sampleService('defects/no-readiness-probe', 'defects'),
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'no-readiness-probe', failing: ['no-drops'] },
});

scenario('a version that is called ready before it is warm is caught', {
  given: updatedTo('ready-before-warm').with({ preStopSleepSeconds: 5 }),
  when: updateTo('ready-before-warm'),
  expect: { verdict: 'fail', cause: 'ready-before-warm', failing: ['no-drops'] },
});

scenario('a version that crashes once it has been called ready is caught', {
  given: updatedTo('settles-too-soon').with({
    preStopSleepSeconds: 5,
    // It crashes in a pod's first life only: a volume of the pod's remembers.
    patch: {
      spec: {
        template: {
          spec: {
            volumes: [{ name: 'once', emptyDir: {} }],
            containers: [{ name: 'app', volumeMounts: [{ name: 'once', mountPath: '/once' }] }],
          },
        },
      },
    },
  }),
  when: updateTo('settles-too-soon'),
  expect: { verdict: 'fail', cause: 'settles-too-soon', failing: ['no-drops', 'ready-floor'] },
});

/** One request at a time, 1.5 s each: four a second are more than three pods can do. */
const crowd = { rate: 4, lanes: ['new' as const] };
const probe = { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 2, timeoutSeconds: 1, failureThreshold: 1 };

scenario('a version whose readiness probe waits behind its requests is caught', {
  given: updatedTo('one-at-a-time').with({
    preStopSleepSeconds: 5,
    readinessProbe: probe,
    // All at once: one old pod that is left takes all the load, as long as no new one stays ready.
    strategy: { maxSurge: 3, maxUnavailable: 0 },
  }),
  under: crowd,
  when: updateTo('one-at-a-time'),
  expect: { verdict: 'fail', cause: 'probe-timeout-under-load', failing: ['no-drops', 'ready-floor'] },
});

scenario('a version whose liveness probe waits behind its requests is caught', {
  given: updatedTo('one-at-a-time').with({
    preStopSleepSeconds: 5,
    readinessProbe: { ...probe, failureThreshold: 30 },
    livenessProbe: { ...probe, initialDelaySeconds: 5 },
  }),
  under: crowd,
  when: updateTo('one-at-a-time'),
  expect: { verdict: 'fail', cause: 'liveness-kills-under-load', failing: ['no-drops', 'ready-floor'] },
});

scenario('an app that says 503 while it drains is caught', {
  given: sampleService('defects/plain', 'defects').with({ env: { DEFECT: 'unready-while-draining' } }),
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'unready-while-draining', failing: ['no-drops'] },
});
