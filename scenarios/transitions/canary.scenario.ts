import { aborts, canary, claim, dropsNothing, sampleService, scenario } from 'rollproof';

/** Canaries that err in no answer: one is found out by its latency, one never answers at all. */

const deployment = 'python-web-canary';
const under = { rate: 40, baselineSeconds: 5 };
// Half of the pods at once: 300 requests are enough to see 100 ms.
const steps: [number, number][] = [
  [5, 5],
  [0, 10],
];

const besideStable = (manifests: string, version: string) => ({
  ...sampleService(manifests, 'correct', { others: [deployment] }),
  images: [
    { service: 'correct', version: '1.0.0' },
    { service: 'defects', version },
  ],
  versions: { old: '1.0.0', new: version },
});

scenario('a canary that is slow is found out and aborted', {
  given: besideStable('defects/canary-slow', '2.0.0'),
  under,
  when: canary({ deployment, steps, analysis: {} }),
  expect: 'pass',
  claims: [
    claim('its latency aborts it', aborts({ because: 'latency' })),
    claim('neither the shift nor the abort drops anything', dropsNothing({})),
  ],
});

scenario('a canary that crashes as it starts is aborted before anything of stable goes', {
  given: besideStable('defects/canary-crash-loop', 'crash-loop'),
  under,
  when: canary({ deployment, steps: [[9, 1], ...steps], readyWithin: 20 }),
  expect: 'pass',
  claims: [
    claim('that it does not get ready aborts it', aborts({ because: 'readiness' })),
    claim('neither the shift nor the abort drops anything', dropsNothing({})),
  ],
});

scenario('a canary that crashes as it starts, though nobody says that it will, is not done', {
  given: besideStable('defects/canary-crash-loop', 'crash-loop'),
  under,
  when: canary({ deployment, steps: [[9, 1], ...steps], readyWithin: 20 }),
  // It drops nothing, and the new version serves nobody.
  expect: { verdict: 'fail', failing: ['done'], only: true },
});
