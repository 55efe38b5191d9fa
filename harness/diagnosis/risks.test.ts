import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../history/types.ts';
import { risksOf } from './risks.ts';

interface Options {
  container?: object;
  pod?: object;
  spec?: object;
  service?: object;
  more?: KubeObject[];
}

/** A Deployment and its Service with nothing to say against them, but for what is given. */
const manifests = ({ container = {}, pod = {}, spec = {}, service = {}, more = [] }: Options = {}): KubeObject[] => [
  {
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 3,
      minReadySeconds: 5,
      ...spec,
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          containers: [
            {
              name: 'app',
              ports: [{ name: 'http', containerPort: 8000 }],
              readinessProbe: { httpGet: { path: '/ready', port: 8000 } },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              ...container,
            },
          ],
          ...pod,
        },
      },
    },
  },
  {
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }], ...service },
  },
  ...more,
];

const found = (options?: Options) =>
  risksOf(manifests(options), { deployment: 'web', service: 'web' }).map(
    ({ cause, object, field }) => `${cause ?? '–'}: ${object} ${field}`,
  );
const inApp = (field: string) => `Deployment web spec.template.spec.containers[app].${field}`;

test('manifests with nothing to say against them carry no risk', () => {
  expect(found()).toEqual([]);
});

describe('each risk is found, where it is, and no other', () => {
  test.each<[string, Options, string]>([
    ['no probe', { container: { readinessProbe: undefined } }, `no-readiness-probe: ${inApp('readinessProbe')}`],
    ['no preStop', { container: { lifecycle: undefined } }, `endpoint-lag: ${inApp('lifecycle.preStop')}`],
    [
      'a preStop that runs a program',
      { container: { lifecycle: { preStop: { exec: { command: ['sh', '-c', 'sleep 5'] } } } } },
      `prestop-failed: ${inApp('lifecycle.preStop.exec')}`,
    ],
    [
      'a grace that the sleep eats up',
      { pod: { terminationGracePeriodSeconds: 10 } },
      'grace-too-short: Deployment web spec.template.spec.terminationGracePeriodSeconds',
    ],
    [
      'a shell as first process',
      { container: { command: ['/bin/sh', '-c'], args: ['python app.py'] } },
      `sigterm-ignored: ${inApp('command')}`,
    ],
    [
      'a probe without patience',
      { container: { readinessProbe: { httpGet: { path: '/ready', port: 8000 }, failureThreshold: 1 } } },
      `probe-timeout-under-load: ${inApp('readinessProbe')}`,
    ],
    [
      'a liveness probe on the readiness probe’s path',
      { container: { livenessProbe: { httpGet: { path: '/ready', port: 8000 } } } },
      `liveness-kills-under-load: ${inApp('livenessProbe')}`,
    ],
    [
      'a liveness probe that gives up soon',
      { container: { livenessProbe: { tcpSocket: { port: 8000 }, periodSeconds: 2, failureThreshold: 3 } } },
      `liveness-kills-under-load: ${inApp('livenessProbe')}`,
    ],
    ['Recreate', { spec: { strategy: { type: 'Recreate' } } }, 'strategy-recreate: Deployment web spec.strategy.type'],
    [
      'one replica that may be taken away',
      { spec: { replicas: 1, strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } } },
      'single-replica-unavailable: Deployment web spec.strategy.rollingUpdate.maxUnavailable',
    ],
    ['no minReadySeconds', { spec: { minReadySeconds: 0 } }, 'settles-too-soon: Deployment web spec.minReadySeconds'],
    ['a headless Service', { service: { clusterIP: 'None' } }, 'headless-dns: Service web spec.clusterIP'],
    [
      'local traffic only',
      { service: { externalTrafficPolicy: 'Local' } },
      'local-traffic-policy: Service web spec.externalTrafficPolicy',
    ],
    [
      'pods that are not ready',
      { service: { publishNotReadyAddresses: true } },
      'no-readiness-probe: Service web spec.publishNotReadyAddresses',
    ],
    ['a selector that matches nothing', { service: { selector: { app: 'wbe' } } }, '–: Service web spec.selector'],
    ['no selector', { service: { selector: undefined } }, '–: Service web spec.selector'],
    [
      'a selector that is too wide',
      {
        more: [
          {
            kind: 'Deployment',
            metadata: { name: 'worker' },
            spec: { template: { metadata: { labels: { app: 'web', role: 'worker' } } } },
          },
        ],
      },
      '–: Service web spec.selector',
    ],
    [
      'a port that no container has',
      { service: { ports: [{ port: 80, targetPort: 8080 }] } },
      '–: Service web spec.ports[0].targetPort',
    ],
    [
      'a port by a name that no container has',
      { service: { ports: [{ port: 80, targetPort: 'web' }] } },
      '–: Service web spec.ports[0].targetPort',
    ],
  ])('%s', (_, options, risk) => {
    expect(found(options)).toEqual([risk]);
  });
});

describe('what only looks like one', () => {
  test.each<[string, Options]>([
    [
      'one replica that is never taken away first',
      { spec: { replicas: 1, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } } },
    ],
    ['one replica with the default strategy, which rounds down', { spec: { replicas: 1 } }],
    ['a shell that hands over', { container: { command: ['sh', '-c', 'exec python app.py'] } }],
    ['a port of the same number as the container’s', { service: { ports: [{ port: 8000 }] } }],
    [
      'a number where no port is declared',
      { container: { ports: undefined }, service: { ports: [{ port: 80, targetPort: 8080 }] } },
    ],
    [
      'a liveness probe of its own path, with patience',
      { container: { livenessProbe: { httpGet: { path: '/live', port: 8000 } } } },
    ],
  ])('%s', (_, options) => {
    expect(found(options)).toEqual([]);
  });
});

test('the article’s manifest: no preStop, and available as soon as it is ready once', () => {
  const causes = risksOf(
    manifests({
      container: { lifecycle: undefined },
      spec: { minReadySeconds: 0, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
    }),
    { deployment: 'web', service: 'web' },
  ).map(({ cause }) => cause);
  expect(causes).toEqual(['endpoint-lag', 'settles-too-soon']);
});

test('without the Deployment there is nothing to be seen', () => {
  expect(risksOf([], { deployment: 'web', service: 'web' })).toEqual([]);
});
