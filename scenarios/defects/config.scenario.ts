import { apply, inTurn, patch, pause, rollback, rolling, sampleService, scenario, stalls } from 'rollproof';

/** Negative controls: changes that change nothing, and ways back that do not lead back. Nobody is refused. */

const under = { rate: 40, baselineSeconds: 5 };
const configured = sampleService('defects/config', 'correct').with({ progressDeadlineSeconds: 15 });
const settings = (data: Record<string, string>) =>
  apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data });

const upgrade = rolling({ container: 'app', image: 'rollproof/correct:2.0.0' });

scenario('a change of a ConfigMap that is taken for an update rolls nothing', {
  given: configured,
  under,
  when: { ...settings({ greeting: 'good day' }), kind: 'rolling' },
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

/** The new version calls its setting by another name, and the ConfigMap follows. */
const renamed = patch({
  spec: {
    template: {
      spec: {
        containers: [
          {
            name: 'app',
            image: 'rollproof/correct:2.0.0',
            env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'salutation' } } }],
          },
        ],
      },
    },
  },
});

scenario('a rollback to code that misses its old configuration is seen not to end', {
  given: configured,
  under,
  when: inTurn(
    settings({ greeting: 'hello', salutation: 'hello' }),
    renamed,
    settings({ salutation: 'hello' }),
    stalls(rollback()),
  ),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('a rollback to what is there already rolls nothing', {
  given: sampleService('fixed', 'correct'),
  under,
  when: rollback({ toRevision: 1 }),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('a rollback without a revision to go back to rolls nothing', {
  given: sampleService('fixed', 'correct').with({ revisionHistoryLimit: 0 }),
  under,
  when: inTurn(upgrade, rollback()),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});

scenario('a rollback of what is paused rolls nothing', {
  given: sampleService('fixed', 'correct'),
  under,
  when: inTurn(upgrade, pause(), rollback()),
  expect: { verdict: 'fail', failing: ['done'], only: true },
});
