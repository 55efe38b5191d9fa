import { blueGreen, canary, sampleService, scenario } from 'rollproof';

/** Transitions between two Deployments behind one Service, with their pods spread over three nodes. */

const on = { nodes: 3 };
const under = { rate: 20, baselineSeconds: 5 };

scenario('blue-green over three nodes drops nothing', {
  on,
  given: sampleService('blue-green', 'correct', { others: ['python-web-green'] }),
  under,
  when: blueGreen({ deployment: 'python-web-green', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
});

scenario('a canary over three nodes, shifted in three steps, drops nothing', {
  on,
  given: sampleService('canary', 'correct', { others: ['python-web-canary'] }).with({ replicas: 4 }),
  under,
  when: canary({
    deployment: 'python-web-canary',
    steps: [
      [3, 1],
      [2, 2],
      [0, 4],
    ],
  }),
  expect: 'pass',
});
