import { blueGreen, sampleService, scenario } from 'rollproof';

/** Negative controls: blue-green in a wrong order. */

const others = ['python-web-green'];

scenario('a switch before green is ready is caught', {
  given: sampleService('blue-green', 'correct', { others }),
  under: { rate: 40, baselineSeconds: 5 },
  when: blueGreen({ deployment: 'python-web-green', image: 'rollproof/correct:2.0.0', order: 'switch-first' }),
  expect: { verdict: 'fail', cause: 'switch-before-ready', failing: ['no-drops'] },
});

scenario('blue that goes before its kept connections are let go is caught', {
  given: sampleService('defects/blue-removed-too-soon', 'article', { others }),
  under: { rate: 40, baselineSeconds: 5 },
  when: blueGreen({ deployment: 'python-web-green', image: 'rollproof/article:2.0.0', remove: 'at-once' }),
  expect: { verdict: 'fail', cause: 'blue-removed-too-soon', failing: ['no-drops'] },
});
