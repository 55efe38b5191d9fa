import { beside, deletePods, moveTag, overtaken, rolling, sampleService, scale, scenario } from 'rollproof';

/** Negative controls: what is wrong between two versions, or between two who write the same object. */

scenario('a Service that reaches pods of another Deployment is caught', {
  given: sampleService('defects/too-wide', 'correct'),
  under: { rate: 40 },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('two versions that do not understand each other are caught', {
  given: sampleService('defects/plain', 'defects').with({
    preStopSleepSeconds: 5,
    env: { DEFECT: 'incompatible-versions', THREADS: 16 },
  }),
  under: { rate: 20 },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'incompatible-versions', failing: ['no-drops'] },
});

scenario('a number of replicas that two write is caught', {
  // Scaled to six by one, and in the middle of an update back to three by another.
  given: sampleService('fixed', 'correct').with({ replicas: 6 }),
  under: { rate: 40 },
  when: overtaken(
    rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
    { seconds: 3 },
    scale({ replicas: 3 }),
  ),
  expect: { verdict: 'fail', floor: 6, failing: ['ready-floor'] },
});

scenario('a tag that is moved to another image, which one pod of three gets, is caught', {
  given: sampleService('fixed', 'correct', { versions: ['stable', 'moved'] }).with({
    image: 'rollproof/correct:stable',
  }),
  under: { rate: 40, baselineSeconds: 5 },
  when: beside(deletePods({ count: 1 }), moveTag({ tag: 'rollproof/correct:stable', to: 'rollproof/correct:moved' })),
  expect: { verdict: 'fail', failing: ['done'] },
});
