import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { apply, applyFile } from './apply.ts';
import { fakeWorkload, settledAt } from './testing/fake.ts';

const deployment = {
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'app', image: 'web:2' }] } } },
};

test('objects, and what they are called', async () => {
  const { workload, done } = fakeWorkload();
  const transition = apply(deployment, { kind: 'ConfigMap', metadata: { name: 'settings' } });
  expect(transition).toMatchObject({ kind: 'apply', detail: 'kubectl apply: deployment/web, configmap/settings' });
  const { holds } = await transition.drive(workload);
  const list = {
    apiVersion: 'v1',
    kind: 'List',
    items: [deployment, { kind: 'ConfigMap', metadata: { name: 'settings' } }],
  };
  expect(done).toEqual([`kubectl apply -f - < ${JSON.stringify(list)}`]);
  expect([1, 2].map((generation) => holds(settledAt(generation) as never))).toEqual([false, true]);
});

test('a file as it is when it is driven, and with other images', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'apply-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'web.yaml');
  const transition = applyFile(file);
  expect(transition.detail).toBe(`kubectl apply -f ${file}`);
  // Read too early, this would be an error.
  writeFileSync(file, '# ours\nimage: web:2 # the new one\nother:\n  - image: "proxy:1"\n');
  const [as, renamed] = [fakeWorkload(), fakeWorkload()];
  await transition.drive(as.workload);
  await transition.withImages?.({ web: 'sound' }).drive(renamed.workload);
  expect(as.done).toEqual(['kubectl apply -f - < # ours\nimage: web:2 # the new one\nother:\n  - image: "proxy:1"\n']);
  expect(renamed.done).toEqual([
    'kubectl apply -f - < # ours\nimage: sound:2 # the new one\nother:\n  - image: "proxy:1"\n',
  ]);
});

test('objects with other images', async () => {
  const { workload, done } = fakeWorkload();
  await apply(deployment).withImages?.({ web: 'sound' }).drive(workload);
  expect(done[0]).toContain('{"name":"app","image":"sound:2"}');
});
