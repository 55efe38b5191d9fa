import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { StartedCluster } from '../cluster/kind.ts';
import { CannotRun } from '../errors.ts';
import { load } from './load.ts';
import type { LoadSettings } from './load-plan.ts';
import { claimNamespace } from './namespace.ts';
import { renderManifests } from './render.ts';
import { deploy, loadInto, type OwnService, service } from './service.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollproof-test-'));
mkdirSync(join(folder, 'k8s'));
writeFileSync(
  join(folder, 'k8s/web.yaml'),
  [
    'kind: Namespace\nmetadata: { name: shop }',
    'kind: Deployment\nmetadata: { name: web, namespace: shop }',
    'kind: Service\nmetadata: { name: web, namespace: shop }',
  ].join('\n---\n'),
);
const own: OwnService = { manifests: join(folder, 'k8s'), deployment: 'web', service: 'web' };
const kubectl = async () => '';
const objectsIn = async (path: string) =>
  JSON.parse(await renderManifests({ kubectl }, path, { patches: [], images: {} })).items;

describe("one's own service", () => {
  test('has paths that are relative to where rollproof is started, or to the file as a URL', () => {
    const { manifests, ownImages } = service({
      ...own,
      manifests: ['README.md', pathToFileURL(folder)],
      images: { 'web:1': { build: 'app', args: { VERSION: '1' } }, 'web:2': 'local' },
    });
    expect(manifests).toEqual([resolve('README.md'), folder]);
    expect(ownImages).toEqual([
      { ref: 'web:1', build: { context: resolve('app'), args: { VERSION: '1' } } },
      { ref: 'web:2' },
    ]);
  });

  test('goes to a namespace of the scenario, whatever namespace its manifests name', async () => {
    const text = await renderManifests({ kubectl }, own.manifests as string, { patches: [], images: {} });
    expect(text).not.toContain('shop');
    expect(JSON.parse(text).items).toEqual([
      { kind: 'Deployment', metadata: { name: 'web' } },
      { kind: 'Service', metadata: { name: 'web' } },
    ]);
  });

  // kubectl reads YAML 1.1: there, yes is a truth value unless it is quoted, and a quoted one has to stay text.
  test('keeps text text and truth values truth values, as kubectl reads them', async () => {
    const path = join(folder, 'yes.yaml');
    const more = 'base: &b { c: 1 }\nmerged: { <<: *b }\n';
    writeFileSync(path, `kind: X\nmetadata: { name: x }\nquoted: "yes"\nbare: yes\nmode: 0644\nhex: 0x10\n${more}`);
    expect(await objectsIn(path)).toEqual([
      {
        kind: 'X',
        metadata: { name: 'x' },
        quoted: 'yes',
        bare: true,
        mode: 420,
        hex: 16,
        base: { c: 1 },
        merged: { c: 1 },
      },
    ]);
  });

  // Seen with kubectl: `kubectl create --dry-run=client -o json` of these gives texts.
  test('keeps dates and times of day as they are written, as kubectl does', async () => {
    const path = join(folder, 'dates.yaml');
    writeFileSync(
      path,
      'kind: X\nmetadata: { name: x }\nday: 2024-01-15\nat: 2024-01-15T08:30:00Z\nfrom: 08:30\nto: 12:30:45\n',
    );
    expect(await objectsIn(path)).toMatchObject([
      { day: '2024-01-15', at: '2024-01-15T08:30:00Z', from: '08:30', to: '12:30:45' },
    ]);
  });

  test('may be in a List, as `kubectl get -o yaml` writes it: each object is one of its own', async () => {
    const path = join(folder, 'list.yaml');
    const named = (kind: string) => ({ apiVersion: 'v1', kind, metadata: { name: 'x', namespace: 'shop' } });
    const nested = { kind: 'List', items: [named('ConfigMap'), named('Namespace')] };
    const typed = { apiVersion: 'apps/v1', kind: 'DeploymentList', items: [{ metadata: { name: 'web' } }] };
    writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [named('Secret'), nested, typed] }));
    expect(await objectsIn(path)).toEqual([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
    ]);
  });

  test('is amended as any other is', () => {
    expect(service(own).with({ replicas: 1 }).amendment?.patches).toEqual([
      { kind: 'Deployment', name: 'web', patch: { spec: { replicas: 1 } } },
    ]);
  });
});

describe('what is wrong is named', () => {
  test.each([
    [{ ...own, manifest: 'k8s' }, 'service: manifest is no setting; there are: manifests, deployment, service'],
    [{ ...own, deployment: undefined }, 'service: deployment: it has to be a name'],
    [{ ...own, manifests: 'nowhere' }, `service: manifests: there is no ${resolve('nowhere')}`],
    [
      { ...own, images: { 'web:1': 'loaded' } },
      "service: images.web:1: it has to be 'local', 'auto', 'pull', { archive } or { build",
    ],
  ])('%o', (given, message) => {
    expect(refusal(() => service(given as OwnService))).toContain(message);
  });

  test.each([
    [{ rate: 0 }, 'load: rate: it has to be 1 or more'],
    [{ lanes: ['neu'] }, 'load: lanes.0: there is no lane "neu": there are new, kept, kept-post, slow, stream'],
    [{ path: 'api' }, 'load: path: it has to begin with /'],
    [{ good: [200] }, 'load: good.0: it has to be [from, to]'],
    [{ slow: { secs: 3 } }, 'load: slow.secs is no setting'],
  ])('%o', (settings, message) => {
    expect(refusal(() => load(settings as LoadSettings))).toContain(message);
  });

  test.each([
    [{ ...own, deployment: 'webb' }, 'deployment: .* has no Deployment webb; there are: web'],
    [{ ...own, service: 'api' }, 'service: .* has no Service api; there are: web'],
    [{ ...own, images: { 'web:1': { build: folder } } }, 'images: web:1: build: there is no .*Dockerfile'],
  ])('before anything is made in the cluster: %o', async (given, message) => {
    const cluster = { kubectl } as unknown as StartedCluster;
    const deployed = deploy(cluster, service(given as OwnService), await claimed(cluster), () => {});
    const error = await deployed.then(() => undefined, told);
    expect(error).toMatch(new RegExp(message));
  });
});

test('an image that can’t be loaded keeps no other from it; whether it is needed, the cluster may know better', async () => {
  const loaded: string[] = [];
  const cluster = {
    async loadImages(refs: string[]) {
      if (refs.includes('broad:1')) throw Object.assign(new Error('failed'), { stderr: 'ERROR: failed to load\n' });
      loaded.push(...refs);
    },
  };
  await loadInto(cluster, ['web:1', 'broad:1', 'db:1'], new Set(['broad:1', 'db:1']));
  expect(loaded).toEqual(['web:1', 'db:1']);
  await expect(loadInto(cluster, ['broad:1'], new Set())).rejects.toMatchObject({
    message: "images: broad:1 can't be loaded into the cluster: ERROR: failed to load",
    exitCode: 3,
  });
});

test('what kubectl refuses is said in one line', async () => {
  const refusing = async (args: string[]) => {
    if (!args.includes('-n')) return '';
    throw Object.assign(new Error('Command failed'), { stderr: 'Error from server (BadRequest):\n  no such field\n' });
  };
  const cluster = { kubectl: refusing } as unknown as StartedCluster;
  const deployed = deploy(cluster, service(own), await claimed(cluster), () => {});
  expect(await deployed.then(() => undefined, told)).toContain('k8s: Error from server (BadRequest):; no such field');
});

const claimed = (cluster: StartedCluster) =>
  claimNamespace({ cluster, run: 'r', labels: {}, existing: false }, 'x', false);

function refusal(make: () => unknown): string | undefined {
  try {
    make();
  } catch (error) {
    return told(error);
  }
}

function told(error: unknown): string {
  expect(error).toBeInstanceOf(CannotRun);
  return `${(error as CannotRun).message}; ${(error as CannotRun).remedy}`;
}
