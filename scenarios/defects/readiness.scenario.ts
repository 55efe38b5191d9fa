import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: pods that are called ready too soon, or taken for broken while they only have much to do. */

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

scenario('an app that says 503 while it drains is caught', {
  given: sampleService('defects/plain', 'defects').with({ env: { DEFECT: 'unready-while-draining' } }),
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'unready-while-draining', failing: ['no-drops'] },
});

/** 25 requests a second for one pod, one after the other: three have time enough for 30, one has not. */
const busy = { THREADS: 1, ANSWER_SECONDS: 0.04 };
const probe = { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 };
const overloaded = sampleService('defects/plain', 'defects').with({
  strategy: { maxSurge: 0, maxUnavailable: 2 },
  env: busy,
  preStopSleepSeconds: 5,
  readinessProbe: probe,
});

scenario('a probe that has no patience with a pod that has much to do is caught', {
  given: overloaded,
  under: { rate: 30, lanes: ['new'] },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'probe-timeout-under-load', failing: ['no-drops'] },
});

scenario('a liveness probe that kills a pod that has much to do is caught', {
  given: overloaded.with({ livenessProbe: probe, readinessProbe: { ...probe, failureThreshold: 3 } }),
  under: { rate: 30, lanes: ['new'] },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'liveness-kills-under-load', failing: ['no-drops'] },
});
