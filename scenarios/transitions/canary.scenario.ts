import { aborts, canary, claim, dropsNothing, sampleService, scenario } from 'rollproof';

/** A canary that errs in nothing is found out by its latency. Half of the pods at once: 300 requests are enough. */

const deployment = 'python-web-canary';

scenario('a canary that is slow is found out and aborted', {
  given: {
    ...sampleService('defects/canary-slow', 'correct', { others: [deployment] }),
    images: [
      { service: 'correct', version: '1.0.0' },
      { service: 'defects', version: '2.0.0' },
    ],
  },
  under: { rate: 40, baselineSeconds: 5 },
  when: canary({
    deployment,
    steps: [
      [5, 5],
      [0, 10],
    ],
    analysis: {},
  }),
  expect: 'pass',
  claims: [
    claim('its latency aborts it', aborts({ because: 'latency' })),
    claim('neither the shift nor the abort drops anything', dropsNothing({})),
  ],
});
