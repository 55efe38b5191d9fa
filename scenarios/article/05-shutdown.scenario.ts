import {
  answersUntilExit,
  claim,
  dropsNothing,
  finishesInFlight,
  leavesBeforeClosing,
  nothingComesAfterSigterm,
  readinessTakesOut,
  rolling,
  sampleService,
  scenario,
} from 'rollproof';

/**
 * Claim 5: on SIGTERM the app finishes the requests in flight, and /ready's 503 takes the pod out of the Service before
 * its connections close. Six slow answers are in flight at any moment, so that SIGTERM meets some.
 */

const under = {
  rate: 40,
  baselineSeconds: 5,
  lanes: ['new', 'kept-post', 'slow'] as ('new' | 'kept-post' | 'slow')[],
  slow: { seconds: 2, rate: 3 },
};

const drains = 'a preStop sleep comes first, and the app goes on answering and closes each connection as it does';

scenario("what the article's app had begun at SIGTERM is answered, what comes after it is cut", {
  given: sampleService('article-ready', 'article'),
  under,
  when: rolling({ container: 'app', image: 'rollproof/article:2.0.0' }),
  expect: { verdict: 'fail', failing: ['no-drops'], only: true },
  claims: [
    claim('on SIGTERM the app finishes the requests that it has begun', finishesInFlight({ lanes: ['slow'] }), {
      article: 5,
    }),
    claim('no request in flight is dropped by a shutdown', dropsNothing({}), { article: 5, holds: false }),
    claim('requests that come on new connections after SIGTERM are answered', answersUntilExit({ lanes: ['new'] }), {
      article: 5,
      holds: false,
    }),
    claim(
      'requests that come on kept connections after SIGTERM are answered',
      answersUntilExit({ lanes: ['kept-post'] }),
      { article: 5, holds: false },
    ),
    claim('a pod is out of the Service before its connections close', leavesBeforeClosing({}), { article: 5 }),
    claim("it is /ready's 503 that takes the pod out of the Service", readinessTakesOut({}), {
      article: 5,
      holds: false,
    }),
    claim('once it shuts down, no new connection comes to it', nothingComesAfterSigterm({ lanes: ['new'] }), {
      article: 5,
      holds: false,
    }),
  ],
});

scenario('with a preStop sleep and an app that drains, a shutdown cuts nothing', {
  given: sampleService('fixed', 'correct'),
  under,
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
  claims: [
    claim('no request in flight is dropped by a shutdown', dropsNothing({}), { article: 5, onlyIf: drains }),
    claim(
      'requests that come on kept connections after SIGTERM are answered',
      answersUntilExit({ lanes: ['kept-post'] }),
      { article: 5, onlyIf: drains },
    ),
    claim('a pod is out of the Service before its connections close', leavesBeforeClosing({}), {
      article: 5,
      onlyIf: drains,
    }),
    claim('once it shuts down, no new connection comes to it', nothingComesAfterSigterm({ lanes: ['new'] }), {
      article: 5,
      onlyIf: drains,
    }),
  ],
});
