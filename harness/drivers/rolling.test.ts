import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { KubectlOptions } from '../cluster/kubectl.ts';
import { type Rolling, rolling } from './rolling.ts';
import { fakeWorkload, settledAt, wave } from './testing/fake.ts';

const TO = { container: 'app', image: 'web:2' };
const sidecar = { name: 'proxy', image: 'proxy:1' };
const app = (image: string) => ({ name: 'app', image, ports: [{ containerPort: 8000 }] });
const spec = (image: string, replicas = 3) => ({
  replicas,
  template: { spec: { containers: [sidecar, app(image)] } },
});
const applied = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: spec('web:1') };
const annotations = {
  'deployment.kubernetes.io/revision': '4',
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied),
};
// Scaled since it was applied.
const live = { metadata: { name: 'web', generation: 2, annotations }, spec: spec('web:1', 5), status: { replicas: 5 } };
const path = '/apis/apps/v1/namespaces/shop/deployments/web';

async function drive(options: Rolling, kubectl?: (args: string[], options: KubectlOptions) => string) {
  const { workload, done } = fakeWorkload({ get: () => live, ...(kubectl ? { kubectl } : {}) });
  const { detail, drive } = rolling(options);
  return { detail, ending: await drive(workload), done };
}

test.each<[string, Rolling, string[]]>([
  ['kubectl set image app=web:2', TO, ['kubectl set image deployment/web app=web:2']],
  [
    'kubectl patch: app=web:2',
    { ...TO, by: 'patch' },
    [
      'kubectl patch deployment/web --type=strategic --patch={"spec":{"template":{"spec":{"containers":[{"name":"app","image":"web:2"}]}}}}',
    ],
  ],
  [
    'kubectl apply: app=web:2',
    { ...TO, by: 'apply' },
    [`kubectl apply -f - < ${JSON.stringify({ ...applied, spec: spec('web:2') })}`],
  ],
  [
    'PATCH: app=web:2',
    { ...TO, by: 'api' },
    [`PATCH ${path} ${JSON.stringify({ spec: { template: { spec: { containers: [sidecar, app('web:2')] } } } })}`],
  ],
])('%s', async (detail, options, done) => {
  const driven = await drive(options);
  expect(driven).toMatchObject({ detail, done });
  expect(driven.ending.holds(settledAt(2) as never)).toBe(true);
  expect(driven.ending.holds(settledAt(1) as never)).toBe(false);
  expect(driven.ending.holds(wave(1, 2) as never)).toBe(false);
});

test('what was never applied is applied as it is, without what the cluster wrote there', async () => {
  const { workload, done } = fakeWorkload({
    get: () => ({ ...live, metadata: { ...live.metadata, uid: 'u', annotations: { team: 'a', ...annotations } } }),
  });
  const bare = { ...live.metadata, annotations: { team: 'a', 'deployment.kubernetes.io/revision': '4' } };
  const never = fakeWorkload({ get: () => ({ ...live, metadata: { ...bare, uid: 'u' } }) });
  await rolling({ ...TO, by: 'apply' }).drive(never.workload);
  const told = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', annotations: { team: 'a' } },
    spec: spec('web:2', 5),
  };
  expect(never.done).toEqual([`kubectl apply -f - < ${JSON.stringify(told)}`]);
  await rolling({ ...TO, by: 'apply' }).drive(workload);
  expect(done).toEqual([`kubectl apply -f - < ${JSON.stringify({ ...applied, spec: spec('web:2') })}`]);
});

test.each(['apply', 'api'] as const)(
  'by %s, a container that is not there is an error, and nothing is done',
  async (by) => {
    const { workload, done } = fakeWorkload({ get: () => live });
    await expect(rolling({ container: 'main', image: 'web:2', by }).drive(workload)).rejects.toThrow(
      'the Deployment web has no container main',
    );
    expect(done).toEqual([]);
  },
);

/** As kubectl does: what the apiserver has, as YAML in a file, through the editor, which is split at spaces or run by a shell. */
function throughEditor(
  { env }: KubectlOptions,
  change: (before: string, after: string, editor: string) => void,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'kubectl edit '));
  try {
    const file = join(folder, 'web.yaml');
    const before = `# Please edit the object below.\n#\n${stringify(live)}`;
    writeFileSync(file, before);
    const editor = env?.KUBE_EDITOR ?? '';
    execFileSync('sh', ['-c', `${editor} "$0"`, file], { stdio: 'pipe' });
    change(before, readFileSync(file, 'utf8'), editor);
    return 'deployment.apps/web edited';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('by edit, its editor changes the image of that container and nothing else, and is gone afterwards', async () => {
  let script = '';
  const { detail, done, ending } = await drive({ ...TO, by: 'edit' }, (_, options) =>
    throughEditor(options, (before, after, editor) => {
      expect(parse(after)).toEqual({ ...live, spec: spec('web:2', 5) });
      const changed = after.split('\n').filter((line, index) => line !== before.split('\n')[index]);
      expect(changed).toEqual(['          image: web:2']);
      script = editor.split(' ').at(-1)!;
      expect(existsSync(script)).toBe(true);
    }),
  );
  expect(detail).toBe('kubectl edit: app=web:2');
  expect(done).toEqual(['kubectl edit deployment/web']);
  expect(existsSync(dirname(script))).toBe(false);
  expect(ending.holds(settledAt(2) as never)).toBe(true);
});

test('by edit, a container that is not there is the editor’s error', async () => {
  const driven = drive({ container: 'main', image: 'web:2', by: 'edit' }, (_, options) =>
    throughEditor(options, () => {}),
  );
  await expect(driven).rejects.toThrow('there is no container main');
});

test('a change cause is written once the update is', async () => {
  const { done } = await drive({ ...TO, changeCause: 'the second version' });
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:2',
    'kubectl annotate deployment/web kubernetes.io/change-cause=the second version --overwrite',
  ]);
});

test('--record where kubectl takes it', async () => {
  const { done } = await drive({ ...TO, record: true });
  expect(done).toEqual(['kubectl set image deployment/web app=web:2 --record']);
});

test('--record where kubectl refuses it: its words, then the update without', async () => {
  const { done } = await drive({ ...TO, record: true }, (args) => {
    if (!args.includes('--record')) return '';
    throw Object.assign(new Error('Command failed'), { stderr: 'error: unknown flag: --record\nSee help' });
  });
  expect(done).toEqual([
    'kubectl set image deployment/web app=web:2 --record',
    'set-image failed: kubectl set image app=web:2 --record: error: unknown flag: --record',
    'kubectl set image deployment/web app=web:2',
  ]);
});

test('an update that kubectl refuses is an error with its words', async () => {
  const driven = drive(TO, () => {
    throw Object.assign(new Error('Command failed: /home/me/kubectl'), {
      stderr: 'Warning: old\nerror: unable to find container named "app"',
    });
  });
  await expect(driven).rejects.toThrow(/^error: unable to find container named "app"$/);
});

test('with other images it stays the same update', async () => {
  const renamed = rolling({ ...TO, by: 'patch', changeCause: 'why' }).withImages?.({ web: 'sound' });
  expect(renamed?.detail).toBe('kubectl patch: app=sound:2');
});
