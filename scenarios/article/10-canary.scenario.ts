import {
  aborts,
  canary,
  canaryIsNoWorse,
  claim,
  dropsNothing,
  dropsNothingElse,
  keptSplitsDifferently,
  oddsAre,
  promotes,
  sampleService,
  scenario,
  splitsEvenly,
} from 'rollproof';

/**
 * Claim 10: 9 pods of the stable version and one canary behind one Service are "10:1", so that 9 of 10 requests hit stable;
 * replicas are shifted until all is migrated, or the canary is aborted.
 */

const deployment = 'python-web-canary';
// Two more pods at a time at most: five that start at once are more than a small machine does beside the load.
const steps: [number, number][] = [
  [9, 1],
  [7, 3],
  [5, 5],
  [3, 7],
  [1, 9],
  [0, 10],
];
const under = { rate: 25, baselineSeconds: 5 };
const nine = { step: [9, 1] as [number, number] };

scenario('a canary of one pod beside nine, shifted until all is migrated, drops nothing', {
  given: sampleService('canary', 'correct', { others: [deployment] }),
  under,
  // Of 9 + 1, 1,500 requests of lane new; of 5 + 5, 300; of 1 + 9, 170.
  when: canary({ deployment, steps, analysis: { canaryRequests: 150 } }),
  expect: 'pass',
  claims: [
    claim('9 stable pods and 1 canary are "10:1"', oddsAre({ ...nine, odds: [10, 1] }), { article: 10, holds: false }),
    claim('they are 9:1', oddsAre({ ...nine, odds: [9, 1] }), { article: 10 }),
    claim('9 of 10 requests hit stable, where each has a connection of its own', splitsEvenly({ ...nine }), {
      article: 10,
      onlyIf: 'each request opens a connection of its own',
    }),
    claim(
      'connections that are kept split otherwise: most were opened before there was a canary',
      keptSplitsDifferently({ ...nine, lane: 'kept' }),
      { article: 10 },
    ),
    claim('and so it is for POSTs', keptSplitsDifferently({ ...nine, lane: 'kept-post' }), { article: 10 }),
    claim('at 5 + 5 one of two requests hits the canary', splitsEvenly({ step: [5, 5] }), {
      article: 10,
      onlyIf: 'each request opens a connection of its own',
    }),
    claim('a sound canary shows no more errors and no more latency than stable', canaryIsNoWorse({ ...nine }), {
      article: 10,
    }),
    claim('replicas are shifted until all is migrated', promotes({}), { article: 10 }),
    claim('shifting drops nothing', dropsNothing({}), { article: 10, onlyIf: 'the app drains' }),
  ],
});

scenario('a canary that answers every second request with 500 is found out and aborted', {
  given: {
    ...sampleService('defects/canary-half-500', 'correct', { others: [deployment] }),
    images: [
      { service: 'correct', version: '1.0.0' },
      { service: 'defects', version: 'half-500' },
    ],
    versions: { old: '1.0.0', new: 'half-500' },
  },
  under,
  when: canary({ deployment, steps, analysis: { canaryRequests: 50 } }),
  // What the canary answers badly is dropped: that is what a canary is for.
  expect: { verdict: 'fail', failing: ['no-drops'], only: true },
  claims: [
    claim('its errors abort it', aborts({ because: 'errors' }), { article: 10 }),
    claim('neither the shift nor the abort drops anything beside them', dropsNothingElse({}), { article: 10 }),
  ],
});

scenario('a sound canary that is aborted by hand drops nothing', {
  given: sampleService('canary', 'correct', { others: [deployment] }),
  under,
  when: canary({ deployment, steps, hold: 10, abortAfter: 1 }),
  expect: 'pass',
  claims: [
    claim('the canary is given up, and stable is all there is', aborts({ because: 'told' }), { article: 10 }),
    claim('aborting drops nothing', dropsNothing({}), { article: 10, onlyIf: 'the app drains' }),
  ],
});
