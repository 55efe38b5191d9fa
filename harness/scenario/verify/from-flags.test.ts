import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CannotRun } from '../../errors.ts';
import { type ConfigFlags, configFromFlags } from './from-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'rollproof-'));
const file = join(folder, 'web.yaml');
writeFileSync(
  file,
  `kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: app, image: 'web:1' }], initContainers: [{ name: wait, image: 'wait:1' }] }
---
kind: Service
metadata: { name: shop }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
);
/** No kustomization is in any of these: kubectl is not called. */
const kubectl = { kubectl: () => Promise.reject(new Error('kubectl was called')) };
const made = (flags: Partial<ConfigFlags>) => configFromFlags({ manifests: [file], ...flags }, kubectl);

describe('what the manifests say need not be said', () => {
  test('an update to an image', async () => {
    expect(await made({ image: ['web:2'], path: '/healthz' })).toEqual({
      service: {
        manifests: [relative('.', file)],
        deployment: 'web',
        service: 'shop',
        images: { 'web:1': 'auto', 'wait:1': 'auto', 'web:2': 'auto' },
      },
      load: { path: '/healthz' },
      transitions: [{ rolling: { image: 'web:2' } }],
    });
  });

  test('images of all pods are loaded, where Docker has them: the service may need a database', async () => {
    const others = join(folder, 'others.yaml');
    const pod = (image: string) => `{ containers: [{ name: it, image: '${image}' }] }`;
    writeFileSync(
      others,
      [
        `kind: StatefulSet\nmetadata: { name: db }\nspec: { template: { spec: ${pod('db:1')} } }`,
        `kind: CronJob\nmetadata: { name: c }\nspec: { jobTemplate: { spec: { template: { spec: ${pod('cron:1')} } } } }`,
        `kind: Pod\nmetadata: { name: p }\nspec: ${pod('pod:1')}`,
        'kind: ConfigMap\nmetadata: { name: m }\n',
      ].join('\n---\n'),
    );
    const { service } = await made({ manifests: [file, others] });
    expect(Object.keys(service.images ?? {})).toEqual(['web:1', 'wait:1', 'db:1', 'cron:1', 'pod:1']);
  });

  test('without an image it is a restart', async () => {
    expect((await made({})).transitions).toEqual([{ restart: {} }]);
  });

  test('updates in turn, of a container that is named, and back', async () => {
    expect((await made({ image: ['app=web:2', 'app=web:3'], rollback: true, post: '{}' })).transitions).toEqual([
      { rolling: { container: 'app', image: 'web:2' } },
      { rolling: { container: 'app', image: 'web:3' } },
      { rollback: {} },
    ]);
  });
});

test.each<[string, Partial<ConfigFlags>, string]>([
  ['a path that is none', { path: 'healthz' }, '--path: it has to begin with /'],
  [
    'an image that is none',
    { image: ['app='] },
    '--image: "app=" names no image; it has to look like web:2, or app=web:2',
  ],
  ['nothing as an image', { image: [''] }, '--image: "" names no image; it has to look like web:2, or app=web:2'],
  ['a Deployment that is not there', { deployment: 'api' }, 'there is no Deployment api; there are: web'],
  [
    'a Service that is not there',
    { service: 'api' },
    'no Service api selects the pods of a Deployment; there are: shop',
  ],
  ['manifests that are not there', { manifests: ['k9s'] }, `-f: there is no ${join(process.cwd(), 'k9s')}`],
])('%s', async (_, flags, words) => {
  const { message, remedy } = (await made(flags).catch((error: CannotRun) => error)) as CannotRun;
  expect(remedy === undefined ? message : `${message}; ${remedy}`).toBe(words);
});

test('of a service that lives, nothing is made', async () => {
  const labels = { app: 'web' };
  const live = [
    {
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { metadata: { labels }, spec: { containers: [] } } },
    },
    { kind: 'Service', metadata: { name: 'web' }, spec: { selector: labels } },
  ];
  expect(await configFromFlags({ namespace: 'shop', image: ['web:2'] }, kubectl, live)).toEqual({
    service: { deployment: 'web', service: 'web', namespace: 'shop' },
    load: {},
    transitions: [{ rolling: { image: 'web:2' } }],
  });
  await expect(configFromFlags({ namespace: 'My Shop' }, kubectl, live)).rejects.toThrow(/^--namespace: it has to be/);
});
