import { hold, inTurn, rolling, sampleService, scenario } from 'rollproof';

/** Of `npm run bench -- holes`: an update to a version that does not answer for so many milliseconds now and then. */

/** By the rate, requests a second in each lane: holes that are neither always missed nor ever. */
const HOLES: Record<number, number[]> = { 10: [50, 100, 500], 50: [10, 20, 50, 100], 100: [10, 20, 50], 200: [10, 20] };

for (const [rate, holes] of Object.entries(HOLES))
  scenario(`holes at ${rate} requests a second`, {
    given: sampleService('defects/plain', 'defects', { versions: ['1.0.0', 'holes'] }).with({
      preStopSleepSeconds: 5,
      env: { HOLE_MS: holes.join(','), HOLE_PERIOD_SECONDS: holes.includes(500) ? 2 : 1 },
    }),
    under: { rate: Number(rate), lanes: ['new', 'kept'], baselineSeconds: 5 },
    when: inTurn(rolling({ container: 'app', image: 'rollproof/defects:holes' }), hold({ seconds: 75 })),
    expect: { verdict: 'fail', failing: ['no-drops'], only: true },
  });

scenario('one request in 1,000 fails', {
  given: sampleService('defects/plain', 'defects', { versions: ['1.0.0', 'one-in-1000'] }).with({
    preStopSleepSeconds: 5,
  }),
  under: { rate: 100, baselineSeconds: 5 },
  when: inTurn(rolling({ container: 'app', image: 'rollproof/defects:one-in-1000' }), hold({ seconds: 75 })),
  expect: { verdict: 'fail', failing: ['no-drops'], only: true },
});
