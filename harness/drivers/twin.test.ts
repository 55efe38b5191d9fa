import { expect, test } from 'vitest';
import { twinOf } from './twin.ts';

/** As the apiserver gives it: with what only the live one has. */
const live = {
  metadata: {
    name: 'blue',
    uid: 'u1',
    resourceVersion: '7',
    generation: 3,
    labels: { app: 'web', color: 'blue' },
    annotations: { 'deployment.kubernetes.io/revision': '3', team: 'web' },
  },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web', color: 'blue' } },
    template: {
      metadata: { labels: { app: 'web', color: 'blue' } },
      spec: {
        containers: [
          { name: 'app', image: 'web:1', env: [{ name: 'A', value: 'b' }] },
          { name: 'side', image: 'side:1' },
        ],
      },
    },
  },
  status: { replicas: 3 },
};

const differences = { name: 'green', labels: { color: 'green' }, image: 'web:2' };

test('a twin has its own name, labels and image, and all else of the live one but what is written there about it', () => {
  const labels = { app: 'web', color: 'green' };
  expect(twinOf(live, differences)).toEqual({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'green', labels, annotations: { team: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'app', image: 'web:2', env: [{ name: 'A', value: 'b' }] },
            { name: 'side', image: 'side:1' },
          ],
        },
      },
    },
  });
});

test('the image is that of the container that is named, which has to be there', () => {
  const twin = twinOf(live, { ...differences, container: 'side' });
  expect(twin).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'web:1' }, { image: 'web:2' }] } } },
  });
  expect(() => twinOf(live, { ...differences, container: 'none' })).toThrow(
    'the Deployment blue has no container none',
  );
});
