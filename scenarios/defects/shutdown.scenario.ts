import { rolling, sampleService, scenario } from 'rollproof';

/** Negative controls: services that end badly. Each has to be caught, and told apart from its neighbours. */

scenario('an app under a shell that keeps SIGTERM to itself is caught', {
  given: sampleService('defects/sigterm-ignored', 'defects'),
  // New connections are long gone when SIGKILL comes; a GET that it cuts is silently sent again: POSTs show it.
  under: { rate: 60, lanes: ['kept-post'] },
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'sigterm-ignored', failing: ['no-drops'] },
});

scenario('an app that exits without draining is caught', {
  given: sampleService('defects/exits-without-draining', 'defects'),
  when: rolling({ container: 'app', image: 'rollproof/defects:2.0.0' }),
  expect: { verdict: 'fail', cause: 'exits-without-draining', failing: ['no-drops'] },
});
