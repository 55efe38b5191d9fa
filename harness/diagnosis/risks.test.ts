import { join } from 'node:path';
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

/** Around each limit, and every spelling. */
const VARIANTS: Record<string, Options[]> = {
  strategy: [
    { spec: { strategy: { type: 'Recreate' } } },
    ...[1, 2].flatMap((replicas) =>
      [0, 1, '50%', '100%'].map((maxUnavailable) => ({
        spec: { replicas, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable } } },
      })),
    ),
    { spec: { replicas: 0 } },
    { spec: { minReadySeconds: 0 } },
    { spec: { minReadySeconds: undefined } },
  ],
  grace: [9, 10, 11, 15, 20, 30].flatMap((terminationGracePeriodSeconds) =>
    [undefined, 0, 1, 5, 20].map((seconds) => ({
      pod: { terminationGracePeriodSeconds },
      container: { lifecycle: { preStop: { sleep: { seconds } } } },
    })),
  ),
  preStop: [['sleep', '5'], ['/bin/sh', '-c', 'x'], ['bash'], ['nosleep'], ['nginx', '-s', 'quit'], undefined].map(
    (command) => ({
      container: { lifecycle: { preStop: { exec: { command } } } },
    }),
  ),
  shell: [
    ['sh', '-c', 'app'],
    ['/bin/bash', '-c', 'app'],
    ['dash', '-c', 'exec app'],
    ['ash', 'app.sh'],
    ['fish', '-c', 'app'],
    ['/usr/bin/notsh', '-c', 'app'],
    [],
  ].flatMap((command) => [[], ['exec', 'app']].map((args) => ({ container: { command, args } }))),
  readiness: [undefined, 1, 2].flatMap((timeoutSeconds) =>
    [undefined, 1, 2].map((failureThreshold) => ({
      container: { readinessProbe: { httpGet: { path: '/ready' }, timeoutSeconds, failureThreshold } },
    })),
  ),
  liveness: [undefined, 1, 5, 7].flatMap((periodSeconds) =>
    [undefined, 1, 2, 3].flatMap((failureThreshold) =>
      ['/ready', '/live', undefined].map((path) => ({
        container: { livenessProbe: { httpGet: { path }, periodSeconds, failureThreshold } },
      })),
    ),
  ),
  probes: [{ container: { livenessProbe: { tcpSocket: { port: 1 } }, readinessProbe: { tcpSocket: { port: 1 } } } }],
  service: [
    ...['Local', 'Cluster'].flatMap((policy) => [
      { service: { externalTrafficPolicy: policy } },
      { service: { internalTrafficPolicy: policy } },
    ]),
    { service: { clusterIP: 'None' } },
    { service: { clusterIP: '10.96.0.7' } },
    { service: { sessionAffinity: 'ClientIP' } },
    { service: { sessionAffinity: 'None' } },
    { service: { publishNotReadyAddresses: true } },
    { service: { publishNotReadyAddresses: false } },
  ],
  selector: [
    { service: { selector: undefined } },
    { service: { selector: {} } },
    { service: { selector: { app: 'other', tier: 'x' } } },
    { service: { selector: { app: 'web', tier: 'x' } } },
    ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job', 'ConfigMap'].map((kind) => ({
      more: [
        { kind, metadata: { name: 'also' }, spec: { template: { metadata: { labels: { app: 'web', track: 'x' } } } } },
        { kind, metadata: { name: 'not' }, spec: { template: { metadata: { labels: { app: 'shop' } } } } },
        { kind, metadata: { name: 'bare' } },
      ],
    })),
  ],
  ports: [80, 8000, 'http', 'https', undefined].flatMap((targetPort) =>
    [[{ name: 'http', containerPort: 8000 }], [{ containerPort: 80 }], [], undefined].map((ports) => ({
      service: { ports: [{ port: 80, targetPort }, { port: 8000 }] },
      container: { ports },
    })),
  ),
  containers: [
    { pod: { containers: [] } },
    { pod: { containers: [{ name: 'proxy' }, { name: 'app', ports: [{ containerPort: 8000 }] }] } },
    {
      pod: {
        containers: [
          { name: 'proxy', ports: [] },
          { name: 'app', ports: [] },
        ],
      },
    },
  ],
};

// `npx vitest -u risks` writes it, and its diff is to be read.
test('what is said of manifests that differ in one thing is what it was', async () => {
  const lines = Object.entries(VARIANTS).flatMap(([what, variants]) =>
    variants.flatMap((options) => [
      `${what}: ${JSON.stringify(options)}`,
      ...risksOf(manifests(options), { deployment: 'web', service: 'web' }).map(
        ({ cause, object, field, words, fix }) => `  ${cause ?? '–'}: ${object} ${field}: ${words}; fix: ${fix}`,
      ),
    ]),
  );
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(import.meta.dirname, 'testing/risks.txt'));
});

test('without the Deployment there is nothing to be said, without the Service what its pods say', () => {
  expect(risksOf(manifests(), { deployment: 'other', service: 'web' })).toEqual([]);
  const bare = { container: { readinessProbe: undefined } };
  expect(risksOf(manifests(bare), { deployment: 'web', service: 'other' })).toHaveLength(1);
});
