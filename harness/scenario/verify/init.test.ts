import { expect, test } from 'vitest';
import type { KubeObject } from '../../history/types.ts';
import { initialConfig } from './init.ts';
import { parseConfig } from './read-config.ts';

const deployment = (name: string, image = 'registry.example:5000/shop/web:1.2.3'): KubeObject => ({
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 3,
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'app',
            image,
            ports: [{ containerPort: 80 }],
            readinessProbe: { httpGet: { path: '/ready', port: 80 } },
          },
        ],
      },
    },
  },
});
const service = (name: string, app = name): KubeObject => ({
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app }, ports: [{ port: 80 }] },
});

test('what it writes is a rollproof.yaml of what is there', () => {
  const { text, risks } = initialConfig([deployment('web'), service('web')], ['k8s/']);
  const config = parseConfig(text, 'rollproof.yaml');
  expect(config).toMatchObject({
    service: {
      manifests: ['k8s/'],
      deployment: 'web',
      service: 'web',
      images: { 'registry.example:5000/shop/web:1.2.3': 'local', 'registry.example:5000/shop/web:2.0.0': 'local' },
    },
    transitions: [{ rolling: { container: 'app', image: 'registry.example:5000/shop/web:2.0.0' } }, { rollback: {} }],
    expect: 'pass',
  });
  expect(text).toContain('the readiness probe asks /ready');
  expect(risks.map(({ cause }) => cause)).toEqual(['endpoint-lag', 'settles-too-soon']);
});

test('beside a Dockerfile both versions are built of it: a first run needs nothing else', () => {
  const { text } = initialConfig([deployment('web', 'web:1'), service('web')], ['k8s/'], {}, true);
  const { images } = parseConfig(text, 'rollproof.yaml').service;
  expect(images).toEqual({ 'web:1': { build: '.' }, 'web:2': { build: '.' } });
});

test.each([
  ['web', 'web:next'],
  ['web:latest', 'web:next'],
  ['web:7', 'web:8'],
  ['web:v1.4', 'web:v2.0'],
  ['host:5000/web', 'host:5000/web:next'],
])('after %s comes %s', (image, next) => {
  const { text } = initialConfig([deployment('web', image), service('web')], ['k8s']);
  expect(Object.keys(parseConfig(text, 'f').service.images!)).toEqual([image, next]);
});

test('of several Deployments one has to be named', () => {
  const objects = [deployment('web'), service('web'), deployment('api'), service('api')];
  expect(() => initialConfig(objects, ['k8s'])).toThrow('the manifests have 2 Deployments with a Service');
  expect(parseConfig(initialConfig(objects, ['k8s'], { deployment: 'api' }).text, 'f').service.deployment).toBe('api');
  expect(() => initialConfig(objects, ['k8s'], { deployment: 'shop' })).toThrow('there is no Deployment shop');
});

test('of several Services in front of it, too', () => {
  const objects = [deployment('web'), service('web'), { ...service('web'), metadata: { name: 'web-headless' } }];
  expect(() => initialConfig(objects, ['k8s'])).toThrow('Deployment web has 2 Services');
  const wanted = { service: 'web-headless' };
  expect(parseConfig(initialConfig(objects, ['k8s'], wanted).text, 'f').service.service).toBe('web-headless');
  expect(() => initialConfig(objects, ['k8s'], { service: 'shop' })).toThrow('no Service shop selects the pods');
});

test.each([
  ['nothing that is rolled', [service('web')], 'the manifests have no Deployment'],
  ['nothing that is called', [deployment('web')], 'no Service in the manifests selects the pods of a Deployment'],
  [
    'a Service of others',
    [deployment('web'), service('web', 'other')],
    'no Service in the manifests selects the pods of a Deployment',
  ],
])('%s', (_, objects, words) => {
  expect(() => initialConfig(objects, ['k8s'])).toThrow(words);
});
