import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: services that end badly. Each has to be caught, and told apart from its neighbours. */

const upgrade = rolling({ container: 'app', image: 'rollproof/defects:2.0.0' });
const defect = (name: string) => sampleService('defects/plain', 'defects').with({ env: { DEFECT: name } });

scenario('an app under a shell that keeps SIGTERM to itself is caught', {
  given: sampleService('defects/sigterm-ignored', 'defects'),
  // New connections are long gone when SIGKILL comes; a GET that it cuts is silently sent again: POSTs show it.
  under: { rate: 60, lanes: ['kept-post'] },
  when: upgrade,
  expect: { verdict: 'fail', cause: 'sigterm-ignored', failing: ['no-drops'] },
});

scenario('an app that exits without draining is caught', {
  given: sampleService('defects/exits-without-draining', 'defects'),
  when: upgrade,
  expect: { verdict: 'fail', cause: 'exits-without-draining', failing: ['no-drops'] },
});

scenario('a client that is always led to the same pod catches how that one ends', {
  given: sampleService('defects/exits-without-draining', 'defects').with({
    patches: [{ kind: 'Service', name: 'python-web-service', patch: { spec: { sessionAffinity: 'ClientIP' } } }],
  }),
  // One pod takes it all.
  under: { rate: 30 },
  when: upgrade,
  expect: { verdict: 'fail', cause: 'exits-without-draining', failing: ['no-drops'] },
});

scenario('an app that closes its listener at SIGTERM is caught', {
  given: defect('listener-closed-early'),
  when: upgrade,
  expect: { verdict: 'fail', cause: 'listener-closed-early', failing: ['no-drops'] },
});

scenario('an app whose handler of SIGTERM keeps it from accepting is caught', {
  given: sampleService('article-ready', 'article'),
  when: rolling({ container: 'app', image: 'rollproof/article:2.0.0' }),
  expect: { verdict: 'fail', cause: 'accept-loop-blocked', failing: ['no-drops'] },
});

scenario('a grace period that is shorter than a request is caught', {
  // It drains 6 s after a sleep of 3 s, and 5 s is all that it has.
  given: sampleService('fixed', 'correct').with({ terminationGracePeriodSeconds: 5, preStopSleepSeconds: 3 }),
  under: { lanes: ['slow'], slow: { seconds: 8, rate: 1 } },
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: { verdict: 'fail', cause: 'grace-too-short', failing: ['no-drops'] },
});

scenario('a preStop hook whose program the image does not have is caught', {
  given: defect('listener-closed-early').with({
    patch: {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'app', lifecycle: { preStop: { exec: { command: ['/bin/wait-a-while', '5'] } } } }],
          },
        },
      },
    },
  }),
  when: upgrade,
  expect: { verdict: 'fail', cause: 'prestop-failed', failing: ['no-drops'] },
});

scenario('an app that stops reading kept connections, and goes, is caught', {
  given: defect('keepalive-cut').with({ preStopSleepSeconds: 5 }),
  when: upgrade,
  expect: { verdict: 'fail', cause: 'keepalive-cut', failing: ['no-drops'] },
});

scenario('an app whose clients hold on to it until it is gone is caught', {
  // Long enough an answer that some are in flight as it goes.
  given: defect('keepalive-pinned').with({ preStopSleepSeconds: 5, env: { ANSWER_SECONDS: 0.05 } }),
  when: upgrade,
  expect: { verdict: 'fail', cause: 'keepalive-pinned', failing: ['no-drops'] },
});
