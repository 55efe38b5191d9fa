import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureFixtureImage } from '../../cluster/fixture-images.ts';
import { rollproofIn } from '../../testing/rollproof.ts';

/**
 * What is only found out on a cluster: each is exit 3, with one line that says what and where, and nothing is left behind. One
 * kind cluster that stays serves all, as `--cluster` does for anybody.
 */
const NAME = 'rollproof-refusals-test';
const home = mkdtempSync(join(tmpdir(), 'rollproof-refusals-'));

const rollproof = (...args: string[]) => rollproofIn(home, args);

beforeAll(async () => {
  await rollproof('cluster', 'down', NAME);
  expect((await rollproof('cluster', 'up', NAME)).exitCode).toBe(0);
  // As a service of somebody's own: a small HTTP server is all that is needed.
  for (const version of ['1.0.0', '2.0.0']) await ensureFixtureImage('small', version);
}, 600_000);

afterAll(async () => {
  await rollproof('cluster', 'down', NAME);
  rmSync(home, { recursive: true, force: true });
});

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: app
          image: rollproof/small:1.0.0
          ports: [{ containerPort: 8000 }]
          readinessProbe: { httpGet: { path: /ready, port: 8000 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8000 }] }
`;
const CONFIG = `service:
  manifests: web.yaml
  deployment: web
  service: web
  images: { rollproof/small:1.0.0: local, rollproof/small:2.0.0: local }
load: { path: /api/data, baselineSeconds: 4 }
transitions: [{ rolling: { image: rollproof/small:2.0.0 } }]
readySeconds: 45
`;

async function verify(manifests: string, config = CONFIG): Promise<string> {
  writeFileSync(join(home, 'web.yaml'), manifests);
  writeFileSync(join(home, 'rollproof.yaml'), config);
  const { exitCode, stderr, stdout } = await rollproof('verify', '--cluster', NAME, '--quiet');
  expect(exitCode, stdout + stderr).toBe(3);
  expect(stderr.split('\n'), 'one line').toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*\.ts:\d+/);
  return stderr;
}

test.each<[string, (text: string) => string, RegExp]>([
  [
    'an image that nobody has',
    (text) => text.replace('small:1.0.0', 'nowhere:9'),
    /web was not up before the transition, after \d+ s; last state: .*container app: ImagePullBackOff/,
  ],
  [
    'a Secret that is not there',
    (text) => text.replace('          ports:', '          envFrom: [{ secretRef: { name: db } }]\n          ports:'),
    /last state: .*container app: CreateContainerConfigError: secret "db" not found/,
  ],
  [
    'a key that a Secret lacks',
    (text) =>
      `${text.replace('          ports:', '          env: [{ name: X, valueFrom: { secretKeyRef: { name: db, key: url } } }]\n          ports:')}---\napiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: { other: x }\n`,
    /CreateContainerConfigError: couldn't find key url in Secret/,
  ],
  [
    'a container that ends at once',
    (text) => text.replace('          ports:', '          command: [sh, -c, exit 3]\n          ports:'),
    /last state: .*container app: CrashLoopBackOff: it ended with exit code 3/,
  ],
  [
    'no room for it',
    (text) => text.replace('          ports:', '          resources: { requests: { cpu: "500" } }\n          ports:'),
    /last state: .*Unschedulable: 0\/1 nodes are available: 1 Insufficient cpu/,
  ],
  [
    'a port at which nobody listens',
    (text) => text.replace('targetPort: 8000', 'targetPort: 8001'),
    /before the transition, \d+ of \d+ requests failed already; the first, in lane (new|kept): .*refused/,
  ],
  [
    'manifests that the apiserver refuses',
    (text) => text.replace('replicas: 2', 'replicas: two'),
    /manifests: kubectl refuses .*web\.yaml: .*replicas/,
  ],
])('%s', { timeout: 180_000 }, async (_, change, words) => {
  expect(await verify(change(DEPLOYMENT))).toMatch(words);
});

test.each<[string, string, RegExp]>([
  [
    'a path that is not there: the service fails before anything is rolled',
    CONFIG.replace('/api/data', '/nowhere'),
    /before the transition, \d+ of \d+ requests failed already; the first, in lane (new|kept): status 404/,
  ],
  [
    'answers that lack the text that a good one has',
    CONFIG.replace('/api/data', '/api/data, good: { body: "no such text" }'),
    /before the transition, \d+ of \d+ requests failed already; the first, in lane (new|kept): the text of a good answer is not in it/,
  ],
  [
    'a node port that the Service does not have',
    CONFIG.replace('/api/data', '/api/data, target: nodePort'),
    /load\.target: Service web has no node port: its type is ClusterIP/,
  ],
  [
    'an environment that does not come up',
    `${CONFIG}environment: { manifests: db.yaml, seconds: 10 }\n`,
    /environment: Deployment db was not up after 10 s: .*its pods: db-\S+ 0\/1 (ErrImagePull|ImagePullBackOff)/,
  ],
  [
    'an image that Docker does not have',
    CONFIG.replace('rollproof/small:2.0.0: local', 'rollproof/small:9.9.9: local'),
    /images: rollproof\/small:9\.9\.9: Docker has no such image/,
  ],
])('%s', { timeout: 180_000 }, async (_, config, words) => {
  const db = DEPLOYMENT.split('---')[0]!.replaceAll('web', 'db').replace('rollproof/small:1.0.0', 'nowhere:9');
  writeFileSync(join(home, 'db.yaml'), db);
  expect(await verify(DEPLOYMENT, config)).toMatch(words);
});

test('a kustomization that lacks a file', { timeout: 60_000 }, async () => {
  mkdirSync(join(home, 'k8s'));
  writeFileSync(join(home, 'k8s/kustomization.yaml'), 'resources: [gone.yaml]\n');
  const words = await verify('', CONFIG.replace('manifests: web.yaml', 'manifests: k8s/'));
  expect(words).toMatch(
    /service\.manifests\.0: \S+\/k8s can't be rendered: error: accumulating resources: .*gone\.yaml/,
  );
});

test('a namespace that is there already is not touched', { timeout: 180_000 }, async () => {
  const words = await verify(DEPLOYMENT, CONFIG.replace('  service: web', '  service: web\n  namespace: default'));
  expect(words).toMatch(/service\.namespace: there is a namespace default already/);
});

test('nothing of all that is left', async () => {
  const { stdout } = await execa('docker', ['ps', '-aq', '--filter', 'label=dev.rollproof.run']);
  expect(stdout).toBe('');
});
