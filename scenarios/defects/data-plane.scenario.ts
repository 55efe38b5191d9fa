import { beside, holdUpProxies, rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: a sound app, and a data plane that leads clients to where no pod is. */

const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });

scenario('proxies that lag behind for longer than a pod takes to end are caught', {
  // A pod is gone 11 s after its deletion, and the first is deleted 3 s after the change.
  given: sampleService('fixed', 'correct'),
  under: { rate: 30 },
  when: beside(upgrade, holdUpProxies({ seconds: 17 })),
  expect: { verdict: 'fail', cause: 'endpoint-lag', failing: ['no-drops'] },
});

const nearTheLoad = {
  nodeAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        preference: { matchExpressions: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }] },
      },
    ],
  },
  podAntiAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: [
      { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'python-web' } } },
    ],
  },
};

scenario('a Service that leads to pods of the same node only is caught', {
  // The one pod is on the node of its clients. The next one can't be there beside it.
  given: sampleService('fixed', 'correct').with({
    replicas: 1,
    patch: { spec: { template: { spec: { affinity: nearTheLoad } } } },
    patches: [{ kind: 'Service', name: 'python-web-service', patch: { spec: { internalTrafficPolicy: 'Local' } } }],
  }),
  on: { nodes: 3 },
  under: { rate: 10, lanes: ['new'] },
  when: upgrade,
  expect: { verdict: 'fail', cause: 'local-traffic-policy', failing: ['no-drops'] },
});
