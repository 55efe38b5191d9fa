import {
  blueGreen,
  claim,
  dropsNothing,
  inTurn,
  peakIs,
  sampleService,
  scenario,
  switchBack,
  switchesWithin,
} from 'rollproof';

/**
 * Claim 12: blue-green switches "atomically", and is safer. Claim 19: it needs twice the resources. The order is the right
 * one everywhere: green is available before the selector is switched, and blue is kept for 10 s after it.
 */

const others = ['python-web-green'];
const blue = sampleService('blue-green', 'correct', { others });
const green = { deployment: 'python-web-green', image: 'rollproof/correct:2.0.0' };
const under = { rate: 40, baselineSeconds: 5 };
const kept = ['kept', 'kept-post'] as const;

/** kube-proxy writes its rules once a second at most, and then needs a moment. */
const PROXIES_FOLLOW = 2000;

scenario('a blue-green switch in the right order drops nothing', {
  given: blue,
  under,
  when: blueGreen(green),
  expect: 'pass',
  claims: [
    claim('blue-green is safe: it drops nothing', dropsNothing({}), {
      article: 12,
      onlyIf: 'green is available before the switch, and the app drains when blue goes',
    }),
    claim('the switch is atomic: what is asked after it is answered by green', switchesWithin({ ms: 0 }), {
      article: 12,
      holds: false,
    }),
    claim(
      'new connections go to green alone from two seconds after the switch',
      switchesWithin({ ms: PROXIES_FOLLOW, lanes: ['new'] }),
      { article: 12 },
    ),
    claim(
      'connections that clients keep follow the switch as well',
      switchesWithin({ ms: PROXIES_FOLLOW, lanes: [...kept] }),
      { article: 12, holds: false },
    ),
    claim('blue-green needs twice the resources', peakIs({ times: 2 }), { article: 19 }),
  ],
});

scenario('going back to blue while both are up drops nothing', {
  given: blue,
  under,
  when: inTurn(blueGreen({ ...green, remove: 'never', drain: { atMostSeconds: 5 } }), switchBack(green)),
  expect: 'pass',
  claims: [
    claim('blue-green is safe: its way back drops nothing', dropsNothing({}), {
      article: 12,
      onlyIf: 'blue is still up, and the app drains when green goes',
    }),
    claim(
      'new connections are back at blue two seconds after it',
      switchesWithin({ ms: PROXIES_FOLLOW, lanes: ['new'], nth: 1 }),
      { article: 12 },
    ),
  ],
});

scenario("blue-green of the article's app drops what clients keep, as blue goes", {
  given: sampleService('blue-green-article', 'article', { others }),
  under,
  when: blueGreen({ ...green, image: 'rollproof/article:2.0.0' }),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
  claims: [
    claim("blue-green is safe: it drops nothing, with the article's app", dropsNothing({}), {
      article: 12,
      holds: false,
    }),
    claim("blue-green is safe for new connections, with the article's app", dropsNothing({ lanes: ['new'] }), {
      article: 12,
    }),
  ],
});
