import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: answers that outlast the pod. */

scenario('streams longer than a pod takes to end are seen to be cut', {
  given: sampleService('article-ready', 'article'),
  // Its end takes 10 s at most: 5 in the handler, 5 that waitress gives to what is still being answered.
  under: { lanes: ['stream'], stream: { seconds: 20, rate: 0.25 } },
  when: rolling({ container: 'app', image: 'rollproof/article:2.0.0' }),
  expect: { verdict: 'fail', cause: 'stream-cut', failing: ['no-drops'] },
});
