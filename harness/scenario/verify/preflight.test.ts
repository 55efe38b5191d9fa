import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import type { CannotRun } from '../../errors.ts';
import { preflight } from './preflight.ts';
import { parseConfig } from './read-config.ts';

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: 'web:1' }, { name: sidecar, image: 'sidecar:1' }] }
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`;
const CONFIG = `service: { manifests: [k8s], deployment: web, service: web }\ntransitions:\n  - restart:\n`;

/** No kustomization is in any of these: kubectl is not called. */
const noKubectl = { kubectl: () => Promise.reject(new Error('kubectl was called')) };

function given(files: Record<string, string>, config = CONFIG) {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  mkdirSync(join(folder, 'k8s'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'k8s', name), text);
  return { folder, looked: preflight(parseConfig(config, 'rollproof.yaml'), folder, noKubectl) };
}

test('what is rolled is known from the manifests, and what they risk', async () => {
  const { folder, looked } = given({ 'web.yaml': DEPLOYMENT, 'service.yaml': SERVICE });
  const { resolved, risks } = await looked;
  expect(resolved).toMatchObject({ folder, containers: ['app', 'sidecar'], replicas: 4 });
  expect(risks.map(({ cause }) => cause)).toEqual(['no-readiness-probe', 'endpoint-lag', 'settles-too-soon']);
});

test.each([
  ['in-place', 'transitions: [{ restart: }]', { after: 'restore' }],
  // Somebody else drives it: there are no transitions.
  ['observe', '', { after: 'untouched', observeSeconds: 600 }],
] as const)('of what lives no manifests are asked for: %s', async (mode, transitions, live) => {
  const text = `service: { namespace: shop, deployment: web, service: web }\n${transitions}\n`;
  const objects = [parse(DEPLOYMENT), parse(SERVICE)];
  const { resolved, risks } = await preflight(parseConfig(text, 'f', {}, mode), '/', noKubectl, { objects, live });
  expect(resolved).toMatchObject({ live, replicas: 4 });
  expect(risks).toHaveLength(3);
});

test.each([
  [
    'no Deployment of that name',
    { 'a.yaml': `${DEPLOYMENT.replace('name: web', 'name: other')}---\n${SERVICE}` },
    'service.deployment: the manifests have no Deployment web; there are: other',
  ],
  [
    'no Deployment at all',
    { 'a.yaml': SERVICE },
    'service.deployment: the manifests have no Deployment web; there is no Deployment at all',
  ],
  [
    'another kind',
    { 'a.yaml': `${DEPLOYMENT.replace('kind: Deployment', 'kind: StatefulSet')}---\n${SERVICE}` },
    'service.deployment: web is a StatefulSet; so far only Deployments can be verified',
  ],
  [
    'no Service',
    { 'a.yaml': DEPLOYMENT },
    'service.service: the manifests have no Service web; there is no Service at all',
  ],
  [
    'a selector that reaches nobody',
    { 'a.yaml': `${DEPLOYMENT}---\n${SERVICE.replace('app: web', 'app: wbe')}` },
    'Service web: spec.selector: it selects app=wbe, and the pods of Deployment web are app=web: none is reached; the same labels in both',
  ],
  ['no YAML', { 'a.yaml': 'kind: [\n' }, /^.*k8s is not YAML: /],
])('%s', async (_, files, words) => {
  const { looked } = given(files as Record<string, string>);
  const error = (await looked.then(
    () => undefined,
    (refusal: CannotRun) => refusal,
  )) as CannotRun | undefined;
  const told = error?.remedy === undefined ? error?.message : `${error.message}; ${error.remedy}`;
  if (typeof words === 'string') expect(told).toBe(words);
  else expect(told).toMatch(words);
});

test('green has to be there, unless it is made as blue with another image', async () => {
  const files = { 'a.yaml': `${DEPLOYMENT}---\n${SERVICE}` };
  const config = (green: string) => `service: { manifests: [k8s], deployment: web, service: web, others: [green] }
transitions: [{ blue-green: { deployment: green${green} } }]
`;
  const { resolved } = await given(files, config(', image: web:2, container: app')).looked;
  expect(resolved.replicas).toBe(4);
  await expect(given(files, config('')).looked).rejects.toThrow(
    'service.others.0: the manifests have no Deployment green',
  );
  await expect(given(files, config('').replace(', others: [green]', '')).looked).rejects.toThrow(
    'transitions.0.blue-green.deployment: the manifests have no Deployment green',
  );
});

test('a port that the Service does not have', async () => {
  const { looked } = given(
    { 'a.yaml': `${DEPLOYMENT}---\n${SERVICE}` },
    CONFIG.replace('service: web }', 'service: web, port: 81 }'),
  );
  await expect(looked).rejects.toThrow('service.port: Service web has no port 81');
});

test.each([
  ['an update to what is there', '[{ rolling: { image: web:1, container: app } }]', 'transitions.0.rolling'],
  [
    'the same update twice, and a restart between',
    '[{ rolling: { image: web:2, container: app } }, { restart: }, { rolling: { image: web:2, container: app } }]',
    'transitions.2.rolling',
  ],
])('%s rolls nothing', async (_, transitions, field) => {
  const config = CONFIG.replace('\n  - restart:\n', ` ${transitions}\n`);
  const { looked } = given({ 'a.yaml': `${DEPLOYMENT}---\n${SERVICE}` }, config);
  await expect(looked).rejects.toThrow(
    new RegExp(`^${field}.image: app is web:[12] already: nothing would be rolled$`),
  );
});

test('after a rollback it is another that is there', async () => {
  const transitions =
    '[{ rolling: { image: web:2, container: app } }, { rollback: }, { rolling: { image: web:2, container: app } }]';
  const config = CONFIG.replace('\n  - restart:\n', ` ${transitions}\n`);
  const { resolved } = await given({ 'a.yaml': `${DEPLOYMENT}---\n${SERVICE}` }, config).looked;
  expect(resolved.config.transitions).toHaveLength(3);
});

test.each([
  ['clusterIP: None', 'headless'],
  ['type: ExternalName, externalName: shop.test', 'of type ExternalName'],
])('a Service without an address of its own: %s', async (spec, why) => {
  const files = { 'a.yaml': `${DEPLOYMENT}---\n${SERVICE.replace('selector:', `${spec}, selector:`)}` };
  await expect(given(files).looked).rejects.toThrow(`service.service: web is ${why}: it has no address of its own`);
  const elsewhere = `${CONFIG}load: { target: https://shop.test }\n`;
  expect((await given(files, elsewhere).looked).resolved.replicas).toBe(4);
});

test('only of the port that is called nobody must be out of reach; a sidecar declares ports too', async () => {
  const ports = 'ports: [{ name: web, port: 80 }, { name: metrics, port: 9090, targetPort: metrics }]';
  const service = SERVICE.replace('ports: [{ port: 80 }]', ports);
  const files = { 'a.yaml': `${DEPLOYMENT}---\n${service}` };
  expect((await given(files).looked).risks.map(({ words }) => words)).toContainEqual(
    expect.stringMatching(/^metrics is none of the ports that the pods declare .*none is reached$/),
  );
  const called = CONFIG.replace('service: web }', 'service: web, port: 9090 }');
  await expect(given(files, called).looked).rejects.toThrow(
    'Service web: spec.ports[1].targetPort: metrics is none of',
  );
  const sidecar =
    'initContainers: [{ name: proxy, restartPolicy: Always, ports: [{ name: metrics, containerPort: 9 }] }], containers: [';
  const beside = { 'a.yaml': `${DEPLOYMENT.replace('containers: [', sidecar)}---\n${service}` };
  expect((await given(beside, called).looked).resolved.replicas).toBe(4);
});

test('what lives is brought back only where its revision will still be there', async () => {
  const text = (transitions: string) =>
    `service: { namespace: shop, deployment: web, service: web }\ntransitions: ${transitions}\n`;
  const looked = (limit: string, transitions: string, after: 'restore' | 'leave') => {
    const objects = [parse(DEPLOYMENT.replace('replicas: 4', limit)), parse(SERVICE)];
    return preflight(parseConfig(text(transitions), 'f', {}, 'in-place'), '/', noKubectl, { objects, live: { after } });
  };
  const two = '[{ restart: }, { scale: { replicas: 5 } }, { rollback: }]';
  await expect(looked('revisionHistoryLimit: 1', two, 'restore')).rejects.toThrow(
    '--in-place: Deployment web keeps 1 old revision (spec.revisionHistoryLimit), and after 2 updates the one that it has would be gone',
  );
  await expect(looked('revisionHistoryLimit: 0', '[{ restart: }]', 'restore')).rejects.toThrow('keeps 0 old revisions');
  for (const sound of [
    looked('revisionHistoryLimit: 2', two, 'restore'),
    looked('replicas: 4', two, 'restore'),
    looked('revisionHistoryLimit: 0', two, 'leave'),
  ])
    expect((await sound).resolved.replicas).toBeGreaterThan(0);
});

test('manifests that are not there', async () => {
  const { folder, looked } = given({}, CONFIG.replace('[k8s]', '[k9s]'));
  await expect(looked).rejects.toThrow(`service.manifests.0: there is no ${join(folder, 'k9s')}`);
});

test('a chart that is not there', async () => {
  const { folder, looked } = given({}, CONFIG.replace('[k8s]', '{ helm: chart }'));
  await expect(looked).rejects.toThrow(`service.manifests.0.helm: there is no chart ${join(folder, 'chart')}`);
});

test('values that are not there', async () => {
  const { folder, looked } = given({}, CONFIG.replace('[k8s]', '{ helm: k8s, values: [prod.yaml] }'));
  await expect(looked).rejects.toThrow(`service.manifests.0.helm: values: there is no ${join(folder, 'prod.yaml')}`);
});

test('a folder that is a chart, named as one of plain manifests', async () => {
  const { looked } = given({ 'Chart.yaml': 'name: web\n' });
  await expect(looked).rejects.toThrow(/^service\.manifests\.0: \S+k8s is a Helm chart$/);
});

test('no helm, with what makes up for it', async () => {
  const { looked } = given(
    { 'Chart.yaml': 'name: web\n' },
    CONFIG.replace('[k8s]', '{ helm: k8s, set: { tag: "1,2" } }'),
  );
  vi.stubEnv('PATH', '');
  const refusal = (await looked.catch((error: CannotRun) => error)) as CannotRun;
  vi.unstubAllEnvs();
  expect(refusal.message).toBe('service.manifests.0.helm: it is not on the PATH');
  expect(refusal.remedy).toMatch(/helm template k8s \S+k8s --no-hooks --set-json 'tag="1,2"' > manifests\.yaml$/);
});

test('a kustomization that can’t be built is said in one line', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
  mkdirSync(join(folder, 'k8s'));
  writeFileSync(join(folder, 'k8s/kustomization.yaml'), 'resources: [../none]\n');
  const failing = {
    kubectl: () =>
      Promise.reject(Object.assign(new Error('failed'), { stderr: 'error: accumulating:\n  no such file\n' })),
  };
  await expect(preflight(parseConfig(CONFIG, 'rollproof.yaml'), folder, failing)).rejects.toMatchObject({
    message: `service.manifests.0: ${join(folder, 'k8s')} can't be rendered: error: accumulating:; no such file`,
    exitCode: 3,
  });
});
