import { deletePods, overtaken, rolling, sampleService, scenario } from 'rollproof';

/**
 * Somebody deletes a pod in the middle of an update. It is missing until another has taken its place: that one, and no
 * other. A service that drains drops nothing even so.
 */

scenario('a pod that is deleted in mid-roll is missing by itself, and drops nothing', {
  given: sampleService('nightly', 'defects'),
  under: { rate: 30, baselineSeconds: 5 },
  when: overtaken(
    rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
    { wave: [2, 2] },
    deletePods({ count: 1 }),
  ),
  expect: 'pass',
});
