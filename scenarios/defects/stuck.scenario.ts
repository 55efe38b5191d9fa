import { overtaken, pause, rolling, sampleService, scenario, stalls } from 'rollproof';

/** Negative controls: updates that do not come to their end, though nobody is refused. */

const under = { rate: 40, baselineSeconds: 5 };
const sound = (version: string) =>
  sampleService('fixed', 'defects', { versions: ['1.0.0', version] }).with({
    image: 'rollproof/defects:1.0.0',
    progressDeadlineSeconds: 15,
  });
const updateTo = (tag: string) => rolling({ container: 'app', image: `rollproof/defects:${tag}` });

scenario('an update to an image that is not there is seen not to end', {
  given: sampleService('fixed', 'defects').with({ image: 'rollproof/defects:1.0.0', progressDeadlineSeconds: 15 }),
  under,
  when: stalls(updateTo('no-such-version')),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('an update to a version that crashes as it starts costs a pod for good where one may be missing', {
  given: sound('crash-loop').with({ strategy: { maxSurge: 1, maxUnavailable: 1 } }),
  under,
  when: stalls(updateTo('crash-loop')),
  expect: { verdict: 'fail', floor: 3, failing: ['ready-floor', 'done'] },
});

scenario('an update whose new pod fits on no node is seen not to end', {
  // The only node has one of them already.
  given: sound('2.0.0').with({
    replicas: 1,
    patch: {
      spec: {
        template: {
          spec: {
            affinity: {
              podAntiAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'python-web' } } },
                ],
              },
            },
          },
        },
      },
    },
  }),
  on: { nodes: 1 },
  under,
  when: stalls(updateTo('2.0.0')),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('an update that is paused in the middle and left there is seen not to end', {
  given: sampleService('fixed', 'correct'),
  under,
  when: overtaken(rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }), { wave: [2, 2] }, pause()),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});
