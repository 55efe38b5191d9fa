import { expect, test } from 'vitest';
import { HistoryBuilder } from '../history/testing/build.ts';
import { changesOf } from './changes.ts';

const template = (container: object) => ({ spec: { replicas: 3, template: { spec: { containers: [container] } } } });

test('what was changed, by the container’s name: harmless values are shown, all others only said to have changed', () => {
  const history = new HistoryBuilder()
    .object(1, 'Deployment', 'web', template({ name: 'app', image: 'web:1', env: [{ name: 'KEY', value: 'hmac:1' }] }))
    .object(2, 'Deployment', 'web', {
      ...template({
        name: 'app',
        image: 'web:2',
        env: [{ name: 'KEY', value: 'hmac:2' }],
        args: ['--image=secret'],
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      }),
    })
    .history();
  expect(changesOf(history)).toEqual([
    {
      t: 2e9,
      kind: 'Deployment',
      name: 'web',
      fields: [
        { path: 'template.spec.containers[app].image', from: 'web:1', to: 'web:2' },
        { path: 'template.spec.containers[app].env[KEY].value', from: '…', to: '…' },
        { path: 'template.spec.containers[app].args[0]', from: undefined, to: '…' },
        { path: 'template.spec.containers[app].lifecycle.preStop.sleep.seconds', from: undefined, to: '5' },
      ],
    },
  ]);
});

test('a status that changes is no change; a selector that is switched is one', () => {
  const history = new HistoryBuilder()
    .deployment(1, { available: 2 })
    .deployment(2, { available: 3 })
    .service(1, { color: 'blue' })
    .service(3, { color: 'green' })
    .history();
  expect(changesOf(history)).toEqual([
    { t: 3e9, kind: 'Service', name: 'web', fields: [{ path: 'selector.color', from: 'blue', to: 'green' }] },
  ]);
});
