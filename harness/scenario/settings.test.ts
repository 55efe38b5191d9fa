import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CannotRun } from '../errors.ts';
import { renderManifests } from './render.ts';
import { sampleService } from './service.ts';
import { patchesFor, type ServiceSettings } from './settings.ts';

const web = (patch: object) => ({ kind: 'Deployment', name: 'web', patch });

describe('settings become strategic merge patches', () => {
  test('of the Deployment', () => {
    expect(
      patchesFor(
        { replicas: 2, strategy: { maxSurge: '25%' }, minReadySeconds: 5, progressDeadlineSeconds: 20 },
        'web',
      ),
    ).toEqual([
      web({
        spec: {
          replicas: 2,
          minReadySeconds: 5,
          progressDeadlineSeconds: 20,
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
        },
      }),
    ]);
  });

  test('Recreate takes away what a rolling update had', () => {
    expect(patchesFor({ strategy: 'Recreate' }, 'web')).toEqual([
      web({ spec: { strategy: { type: 'Recreate', rollingUpdate: null } } }),
    ]);
  });

  test('of a container: the one that is named, or else the only one', () => {
    const app = { image: 'web:2', env: [{ name: 'A', value: '1', valueFrom: null }] };
    const inPod = (one: object) => web({ spec: { template: { spec: { containers: [one] } } } });
    expect(patchesFor({ container: 'app', image: 'web:2', env: { A: 1 } }, 'web')).toEqual([
      inPod({ name: 'app', ...app }),
    ]);
    expect(patchesFor({ image: 'web:2', env: { A: 1 } }, 'web')).toEqual([inPod({ name: '*', ...app })]);
    expect(patchesFor({ env: { A: null }, preStopSleepSeconds: null, readinessProbe: null }, 'web')).toEqual([
      inPod({
        name: '*',
        readinessProbe: null,
        env: [{ name: 'A', $patch: 'delete' }],
        lifecycle: { preStop: null },
      }),
    ]);
  });

  test('of another Deployment, and of other objects, after them', () => {
    const service = { kind: 'Service', name: 'web', patch: { spec: { type: 'NodePort' } } };
    expect(patchesFor({ deployment: 'green', replicas: 1, patch: { a: 1 }, patches: [service] }, 'web')).toEqual([
      { kind: 'Deployment', name: 'green', patch: { spec: { replicas: 1 } } },
      { kind: 'Deployment', name: 'green', patch: { a: 1 } },
      service,
    ]);
  });
});

describe('a setting that is wrong is named', () => {
  // As it would come from a file that nobody type-checked.
  test.each([
    [{ replicas: -1 }, 'with: replicas: it has to be 0 or more'],
    [{ replicas: 1.5 }, 'with: replicas: it has to be a whole number'],
    [{ strategy: 'recreate' }, "with: strategy: it has to be 'Recreate' or { maxSurge, maxUnavailable }"],
    [
      { strategy: { maxSurge: 'all' } },
      'with: strategy: maxSurge: it has to be a whole number of 0 or more, or a share such as "25%"',
    ],
    [
      { strategy: { maxSurge: 0, maxUnavailable: '0%' } },
      'with: strategy: maxSurge and maxUnavailable cannot both be 0: no pod could ever be replaced',
    ],
    [{ replica: 3 }, 'with: replica is no setting'],
  ])('%j', (settings, message) => {
    const make = () => sampleService('fixed', 'correct').with(settings as ServiceSettings);
    expect(make).toThrow(CannotRun);
    expect(make).toThrow(message);
  });
});

test('settings over settings: the service that they were made of stays as it is, and the later come later', () => {
  const given = sampleService('fixed', 'correct');
  const two = given.with({ replicas: 2 });
  const more = two.with({ replicas: 5, minReadySeconds: 3 });
  expect(given.amendment).toBeUndefined();
  expect(two.amendment?.patches.map(({ patch }) => patch)).toEqual([{ spec: { replicas: 2 } }]);
  expect(more.amendment?.patches.map(({ patch }) => patch)).toEqual([
    { spec: { replicas: 2 } },
    { spec: { replicas: 5, minReadySeconds: 3 } },
  ]);
});

describe('the container that no name was given for', () => {
  const manifests = (containers: string) => {
    const path = join(mkdtempSync(join(tmpdir(), 'rollproof-test-')), 'web.yaml');
    writeFileSync(
      path,
      `kind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {containers: ${containers}}}}\n`,
    );
    return path;
  };
  const patches = patchesFor({ image: 'web:2' }, 'web');

  test('is the only one', async () => {
    const asked: string[] = [];
    const kubectl = async (args: string[], { input = '' } = {}) => {
      asked.push(args.at(-1)!);
      return input;
    };
    await renderManifests({ kubectl }, manifests('[{name: app}]'), { patches, images: {} });
    expect(JSON.parse(asked[0]!)).toEqual({
      spec: { template: { spec: { containers: [{ name: 'app', image: 'web:2' }] } } },
    });
  });

  test('has to be named where there are two', async () => {
    const kubectl = async () => '';
    const rendered = renderManifests({ kubectl }, manifests('[{name: app}, {name: proxy}]'), { patches, images: {} });
    await expect(rendered).rejects.toThrow(/Deployment web has 2 containers \(app, proxy\): container: which/);
  });
});
