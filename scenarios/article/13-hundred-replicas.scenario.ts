import { claim, dropsNothing, duration, matchesModel, rolling, sampleService, scenario, within } from 'rollproof';

/**
 * Claim 13, second half: 100 replicas take 10 minutes or more. Here ten more and ten fewer at a time, on one node
 * (of a quarter, Kubernetes' default, fifty pods start at once, and 2 cores have nothing left for the load); of a service that starts in a moment, probed every 5 s instead of every second, with small requests, because all of
 * it shares one machine.
 */

scenario('a roll of 100 replicas drops nothing', {
  given: sampleService('small', 'small').with({
    replicas: 100,
    strategy: { maxSurge: '10%', maxUnavailable: '10%' },
    readinessProbe: { httpGet: { path: '/ready', port: 8000 }, periodSeconds: 5, timeoutSeconds: 5 },
    resources: { requests: { cpu: '2m', memory: '24Mi' } },
  }),
  under: { rate: 30 },
  readySeconds: 600,
  when: within({ seconds: 600 }, rolling({ container: 'app', image: 'rollproof/small:2.0.0' })),
  expect: 'pass',
  claims: [
    claim('100 replicas take 10 minutes or more', duration({ atLeastSeconds: 600 }), { article: 13, holds: false }),
    claim('it takes as long as the rounds of start-ups that the strategy allows', matchesModel({ tolerance: 0.5 }), {
      article: 13,
      instead: true,
    }),
    claim('zero dropped requests', dropsNothing({})),
  ],
});
