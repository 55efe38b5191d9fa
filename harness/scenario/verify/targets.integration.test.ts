import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ensureFixtureImage } from '../../cluster/fixture-images.ts';
import type { RunReport } from '../../report/verdict.ts';
import { rollproofIn } from '../../testing/rollproof.ts';

/**
 * What a service may come as, and where it may be called, on one kind cluster that stays: a chart, a port of a node, a proxy
 * in front of the Service. Through each of them the article's app drops requests, and the one that drains does not.
 */
const NAME = 'rollproof-targets-test';
const home = mkdtempSync(join(tmpdir(), 'rollproof-targets-'));

const rollproof = (...args: string[]) => rollproofIn(home, args);

function files(all: Record<string, string>): void {
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
}

/** @param image "{{ … }}" in a chart */
const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          image: ${image}
          ports: [{ containerPort: 8000 }]
          env: [{ name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }]
          readinessProbe: { httpGet: { path: /ready, port: 8000 }, periodSeconds: 1 }
${/article/.test(image) ? '' : '          lifecycle: { preStop: { sleep: { seconds: 5 } } }\n'}`;

const service = (type: string) => `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: ${type}, selector: { app: web }, ports: [{ port: 80, targetPort: 8000 }] }
`;

type App = 'article' | 'correct';

interface Config {
  service?: object;
  load?: object;
  transitions?: object[];
  [key: string]: unknown;
}

/** The verdict of a rollproof.yaml, about the article's app or the one that drains. */
async function verify(app: App, { service, load, ...config }: Config) {
  const images = Object.fromEntries(['1.0.0', '2.0.0'].map((version) => [`rollproof/${app}:${version}`, 'local']));
  files({
    'rollproof.yaml': stringify({
      service: {
        manifests: 'web.yaml',
        deployment: 'web',
        service: 'web',
        ...service,
        images: { ...images, ...imagesOf(service) },
      },
      load: { path: '/api/data', ...load },
      transitions: [{ rolling: { image: `rollproof/${app}:2.0.0` } }],
      ...config,
    }),
  });
  const { exitCode, stdout, stderr } = await rollproof('verify', '--cluster', NAME);
  const { scenarios }: RunReport = JSON.parse(readFileSync(join(home, 'reports/latest/verdict.json'), 'utf8'));
  return { exitCode, scenario: scenarios[0]!, said: stdout + stderr };
}

const imagesOf = (service: object | undefined) => (service as { images?: object } | undefined)?.images;

beforeAll(async () => {
  await rollproof('cluster', 'down', NAME);
  expect((await rollproof('cluster', 'up', NAME)).exitCode).toBe(0);
  for (const name of ['article', 'correct'])
    for (const version of ['1.0.0', '2.0.0']) await ensureFixtureImage(name, version);
}, 600_000);

afterAll(async () => {
  await rollproof('cluster', 'down', NAME);
  rmSync(home, { recursive: true, force: true });
});

const helm = await execa('helm', ['version', '--short'], { reject: false });

describe.skipIf(helm.exitCode !== 0)('a chart', () => {
  test('is installed and updated by its values; what only a hook would do is left out', {
    timeout: 300_000,
  }, async () => {
    files({
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
      'chart/values.yaml': 'image: { name: nowhere, tag: none }\n',
      'chart/templates/web.yaml': deployment('{{ .Values.image.name }}:{{ .Values.image.tag }}'),
      'chart/templates/service.yaml': service('ClusterIP'),
      'chart/templates/migrate.yaml': HOOK,
      'prod.yaml': 'image: { name: rollproof/correct }\n',
    });
    const chart = (tag: string) => ({ helm: 'chart', values: ['prod.yaml'], set: { 'image.tag': tag } });
    const { exitCode, scenario, said } = await verify('correct', {
      service: { manifests: chart('1.0.0') },
      transitions: [{ apply: chart('2.0.0') }],
    });
    expect(exitCode, said).toBe(0);
    expect(scenario.transitions).toMatchObject([{ kind: 'apply', dropped: 0 }]);
    expect(scenario.transitions[0]!.waves.at(-1)).toMatchObject({ old: 0, new: 3 });
  });
});

/** An image that nobody has: where it is run, nothing comes up. */
const HOOK = `apiVersion: batch/v1
kind: Job
metadata: { name: migrate, annotations: { helm.sh/hook: pre-install } }
spec: { template: { spec: { restartPolicy: Never, containers: [{ name: migrate, image: 'nowhere:9' }] } } }
`;

describe('a port of a node', () => {
  const through = { load: { target: 'nodePort', post: '{}' } };

  test('drops what the Service drops, each from a pod that is known', { timeout: 300_000 }, async () => {
    files({ 'web.yaml': `${deployment('rollproof/article:1.0.0')}---\n${service('NodePort')}` });
    const { exitCode, scenario, said } = await verify('article', through);
    expect(exitCode, said).toBe(1);
    expect(scenario.causes[0], said).toMatchObject({
      cause: 'accept-loop-blocked',
      evidence: expect.stringContaining('known by its connection in the node’s connection tracking'),
    });
  });

  test('drops nothing where nothing is to be dropped', { timeout: 300_000 }, async () => {
    files({ 'web.yaml': `${deployment('rollproof/correct:1.0.0')}---\n${service('NodePort')}` });
    const { exitCode, scenario, said } = await verify('correct', through);
    expect(exitCode, said).toBe(0);
    expect(scenario.transitions[0]).toMatchObject({ dropped: 0 });
  });
});

describe('a proxy in front of the Service, called by its URL', () => {
  // In a namespace of a known name, for the proxy's sake.
  const through = (): Config => ({
    service: { namespace: 'shop', images: { 'web-front:1': { build: 'front', base: 'debian' } } },
    environment: { manifests: 'front.yaml' },
    load: { target: 'http://localhost:8088' },
  });

  beforeAll(() =>
    files({
      'front/Dockerfile': `ARG DEBIAN=debian:bookworm-slim
FROM \${DEBIAN}
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*
COPY nginx.conf /etc/nginx/nginx.conf
CMD ["nginx", "-g", "daemon off;"]
`,
      // A variable, so that the name is looked up once the Service is there.
      'front/nginx.conf': `worker_processes 1;
events { worker_connections 4096; }
http {
  access_log off;
  resolver 10.96.0.10;
  server {
    listen 8088;
    location / {
      set $web http://web.shop.svc.cluster.local;
      proxy_pass $web$request_uri;
    }
  }
}
`,
      'front.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: front }
spec:
  selector: { matchLabels: { app: front } }
  template:
    metadata: { labels: { app: front } }
    spec:
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      containers:
        - name: nginx
          image: web-front:1
          readinessProbe: { tcpSocket: { port: 8088 }, periodSeconds: 1 }
`,
    }),
  );

  test('hands on what gets lost behind it', { timeout: 300_000 }, async () => {
    files({ 'web.yaml': `${deployment('rollproof/article:1.0.0')}---\n${service('ClusterIP')}` });
    const { exitCode, scenario, said } = await verify('article', through());
    expect(exitCode, said).toBe(1);
    expect(scenario.transitions[0]!.dropped).toBeGreaterThan(10);
    expect(scenario.causes[0], said).toMatchObject({ cause: 'accept-loop-blocked' });
  });

  test('drops nothing where nothing is to be dropped', { timeout: 300_000 }, async () => {
    files({ 'web.yaml': `${deployment('rollproof/correct:1.0.0')}---\n${service('ClusterIP')}` });
    const { exitCode, scenario, said } = await verify('correct', through());
    expect(exitCode, said).toBe(0);
    expect(scenario.transitions[0]).toMatchObject({ dropped: 0 });
  });
});
