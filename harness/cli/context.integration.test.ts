import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ensureFixtureImage } from '../cluster/fixture-images.ts';
import { setUpSteps, type Toolchain } from '../cluster/setup.ts';
import { clusterFolder } from '../cluster/state.ts';
import { packageRoot } from '../package-root.ts';
import type { RunReport } from '../report/verdict.ts';
import { rollproofIn } from '../testing/rollproof.ts';

/**
 * `verify --context` on a cluster that is somebody's: a kind cluster whose nodes it can't reach, as a user who has the rights
 * of the Role that `doctor` prints, and no others.
 */
const NAME = 'rollproof-context-test';
const home = mkdtempSync(join(tmpdir(), 'rollproof-context-'));
let tools: Toolchain;

const main = (args: string[], env: Record<string, string>) => rollproofIn(home, args, env);

/** As the one whose cluster it is. */
const admin = (...args: string[]) => execa(tools.kubectl, args, { env: { KUBECONFIG: adminConfig() } });
const apply = (input: string, ...args: string[]) =>
  execa(tools.kubectl, ['apply', '-f', '-', ...args], { env: { KUBECONFIG: adminConfig() }, input });
const adminConfig = () => join(clusterFolder(NAME), 'kubeconfig');

/** As somebody who may do what a Role says. */
const environmentOf = (user: string) => ({
  KUBECONFIG: join(home, `${user}.yaml`),
  PATH: [dirname(tools.kubectl), process.env.PATH].join(delimiter),
  ROLLPROOF_K6_IMAGE: tools.k6Image.ref,
});
const as = (user: string, ...args: string[]) => main(args, environmentOf(user));

beforeAll(async () => {
  const setUp = setUpSteps({ ask: undefined, say: () => {} });
  for (const step of setUp.steps) await step.run(() => {});
  tools = setUp.toolchain();
  await main(['cluster', 'down', NAME], {});
  expect((await main(['cluster', 'up', NAME], {})).exitCode).toBe(0);
  const images = [tools.k6Image.ref];
  for (const service of ['article', 'correct'])
    for (const version of ['1.0.0', '2.0.0']) images.push((await ensureFixtureImage(service, version)).ref);
  await execa(tools.kind, ['load', 'docker-image', '--name', NAME, ...images]);
  await admin('create', 'namespace', 'shop');
  await user('nobody');
  await user('roller', 'made');
  await user('onlooker', 'observe');
}, 600_000);

afterAll(async () => {
  await main(['cluster', 'down', NAME], {});
  rmSync(home, { recursive: true, force: true });
});

/** A user with the rights for a purpose, by the Role that doctor prints for it; without one, with none at all. */
async function user(name: string, purpose?: string): Promise<void> {
  await admin('create', 'serviceaccount', name, '-n', 'shop');
  const { stdout: token } = await admin('create', 'token', name, '-n', 'shop', '--duration=2h');
  const { stdout: cluster } = await admin('config', 'view', '--raw', '-o', 'json');
  const [{ cluster: server }] = JSON.parse(cluster).clusters;
  writeFileSync(
    join(home, `${name}.yaml`),
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'there', cluster: server }],
      users: [{ name, user: { token } }],
      contexts: [{ name: 'staging', context: { cluster: 'there', user: name } }],
    }),
  );
  if (purpose === undefined) return;
  const { stdout, exitCode } = await as(
    name,
    'doctor',
    '--context',
    'staging',
    '--namespace',
    'shop',
    '--for',
    purpose,
  );
  expect(exitCode, 'before it has the rights').toBe(3);
  await apply(stdout.slice(stdout.indexOf('apiVersion')).replace('name: rollproof', `name: ${name}`));
  await admin('create', 'rolebinding', name, `--role=${name}`, `--serviceaccount=shop:${name}`, '-n', 'shop');
  const after = await as(name, 'doctor', '--context', 'staging', '--namespace', 'shop', '--for', purpose);
  expect(after.exitCode, after.stdout).toBe(0);
}

const out = () => ['--out', join(home, 'reports'), '--rate', '40'];
const report = (): RunReport => JSON.parse(readFileSync(join(home, 'reports/latest/verdict.json'), 'utf8'));

/** What is in the namespace, but for what is in every one. */
async function inShop(): Promise<string[]> {
  const kinds = 'deployments,services,configmaps,jobs,pods,secrets';
  const { stdout } = await admin('get', kinds, '-n', 'shop', '-o', 'name');
  return stdout.split('\n').filter((line) => line !== '' && line !== 'configmap/kube-root-ca.crt');
}

const until = async (holds: () => Promise<boolean>) => {
  for (let tries = 0; tries < 120; tries++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('it did not come to it within a minute');
};

const FIXED = join(packageRoot, 'fixtures/manifests/fixed');
const ARTICLE = join(packageRoot, 'fixtures/manifests/article-ready');

describe('a service that is made of manifests', () => {
  test('passes, with the rights of the Role alone, and nothing of it stays', { timeout: 400_000 }, async () => {
    const config = join(home, 'rollproof.yaml');
    writeFileSync(
      config,
      stringify({
        service: {
          manifests: FIXED,
          namespace: 'shop',
          deployment: 'python-web-app',
          service: 'python-web-service',
          versions: { old: '1.0.0', new: '2.0.0' },
        },
        load: { path: '/api/data', post: '{}', pods: 2 },
        transitions: [{ rolling: { image: 'rollproof/correct:2.0.0' } }],
      }),
    );
    const { exitCode, stdout, stderr } = await as(
      'roller',
      'verify',
      '-c',
      config,
      '--context',
      'staging',
      '--yes',
      ...out(),
    );
    expect(exitCode, stdout + stderr).toBe(0);
    const { cluster, scenarios } = report();
    expect(cluster).toMatchObject({ provider: 'existing', nodes: 0 });
    expect(scenarios[0]).toMatchObject({ verdict: 'pass', transitions: [{ kind: 'rolling', dropped: 0 }] });
    expect(scenarios[0]!.lanes.map(({ name }) => name).sort()).toEqual(['control', 'kept', 'kept-post', 'new']);
    await until(async () => (await inShop()).length === 0);
  });

  test('is refused without rights, before anything is made', { timeout: 60_000 }, async () => {
    const flags = ['--context', 'staging', '--namespace', 'shop', '-f', FIXED, '--yes'];
    const { exitCode, stderr } = await as('nobody', 'verify', ...flags, ...out());
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      /^rollproof: --context: no right in the namespace shop to get pods, list pods, .*doctor --context staging/,
    );
    expect(await inShop()).toEqual([]);
  });
});

test('scenarios in TypeScript, each in a namespace of its own, which goes', { timeout: 400_000 }, async () => {
  const scenarios = join(packageRoot, 'node_modules/.cache/rollproof/context-scenarios');
  mkdirSync(scenarios, { recursive: true });
  writeFileSync(
    join(scenarios, 'there.scenario.ts'),
    `import { rolling, scenario, service } from 'rollproof';
scenario('on a cluster that is there', {
  given: service({ manifests: ${JSON.stringify(FIXED)}, deployment: 'python-web-app', service: 'python-web-service' }),
  when: rolling({ container: 'app', image: 'rollproof/correct:2.0.0' }),
  expect: 'pass',
});
`,
  );
  const args = ['run', '--scenarios', scenarios, '--context', `kind-${NAME}`, ...out()];
  const { exitCode, stdout, stderr } = await main(args, { ...environmentOf('nobody'), KUBECONFIG: adminConfig() });
  expect(exitCode, stdout + stderr).toBe(0);
  expect(report()).toMatchObject({ cluster: { provider: 'existing' }, scenarios: [{ verdict: 'pass' }] });
  const { stdout: left } = await admin('get', 'namespaces', '-l', 'dev.rollproof.run', '-o', 'name');
  expect(left).toBe('');
});

describe('a service that lives there', () => {
  const imageOf = async () => {
    const path = 'jsonpath={.spec.template.spec.containers[0].image}';
    return (await admin('get', 'deployment', 'python-web-app', '-n', 'shop', '-o', path)).stdout;
  };
  const flags = ['--context', 'staging', '--namespace', 'shop', '--path', '/api/data', '--yes'];

  beforeAll(async () => {
    await admin('apply', '-n', 'shop', '-k', ARTICLE);
    await admin('rollout', 'status', 'deployment/python-web-app', '-n', 'shop', '--timeout=120s');
  }, 150_000);

  test('drops requests, is brought back to its revision, and stays', { timeout: 400_000 }, async () => {
    const update = ['--in-place', '--image', 'app=rollproof/article:2.0.0', '--post', '{}'];
    const { exitCode, stdout, stderr } = await as('roller', 'verify', ...flags, ...update, ...out());
    expect(exitCode, stdout + stderr).toBe(1);
    const [{ verdict, causes, transitions }] = report().scenarios as [RunReport['scenarios'][number]];
    expect(verdict).toBe('fail');
    expect(transitions[0]!.dropped).toBeGreaterThan(0);
    expect(causes[0]?.cause).toBe('accept-loop-blocked');
    // Without the node no instant of SIGTERM is known; certain is only what an answer itself says of its pod.
    expect(causes[0]?.confidence).toBe('likely');
    for (const { evidence } of causes.filter(({ confidence }) => confidence === 'certain'))
      expect(evidence).toMatch(/with an answer \(status 503\); pod \S+, known by the answer/);
    expect(await imageOf()).toBe('rollproof/article:1.0.0');
    await until(async () => (await inShop()).every((name) => /python-web/.test(name)));
  });

  test('is not looked at without rights', { timeout: 60_000 }, async () => {
    const { exitCode, stderr } = await as('nobody', 'verify', ...flags, '--in-place', ...out());
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/^rollproof: --context: no right in the namespace shop to get pods, .*a Role that has it$/);
  });

  test('is watched while somebody else rolls it', { timeout: 400_000 }, async () => {
    const watching = as('onlooker', 'verify', ...flags, '--observe', ...out());
    await until(async () => (await inShop()).includes('job.batch/rollproof-control') || (await jobsRun()) >= 3);
    // Whoever rolls it does not know of the baseline.
    await new Promise((resolve) => setTimeout(resolve, 25_000));
    await admin('set', 'image', 'deployment/python-web-app', 'app=rollproof/article:2.0.0', '-n', 'shop');
    const { exitCode, stdout, stderr } = await watching;
    expect(exitCode, stdout + stderr).toBe(1);
    const [{ transitions, verdict }] = report().scenarios as [RunReport['scenarios'][number]];
    expect(verdict).toBe('fail');
    expect(transitions).toHaveLength(1);
    expect(transitions[0]!.kind).toBe('observed');
    expect(transitions[0]!.waves.map(({ old, new: fresh }) => [old, fresh])[0]).toEqual([3, 1]);
    expect(await imageOf()).toBe('rollproof/article:2.0.0');
  });

  test('killed, it leaves what the next run takes away, and is told how to bring back what it changed', {
    timeout: 400_000,
  }, async () => {
    const { run: killed } = await changing();
    killed.kill('SIGKILL');
    await killed;
    expect(await jobsRun(), 'the load goes on').toBeGreaterThan(0);
    // Nobody rolls anything: it ends soon. It sweeps before that.
    const next = await as('roller', 'verify', ...flags, '--observe', '--observe-seconds', '1', ...out());
    expect(next.stdout).toMatch(
      /Removed \d+ objects of run \S+ in shop of staging, what run \S+ rolled is not as it was; this brings it back: kubectl --context staging -n shop rollout undo deployment\/python-web-app --to-revision=\d+ && kubectl --context staging -n shop rollout status deployment\/python-web-app --timeout=180s/,
    );
    await until(async () => (await inShop()).every((name) => /python-web/.test(name)));
    expect(await imageOf(), 'it is somebody’s: it is not touched').toBe('rollproof/article:2.0.0');
  });

  test('stopped, it ends its load itself, and says how to bring back what it changed', {
    timeout: 400_000,
  }, async () => {
    const { run: stopped } = await changing();
    stopped.kill('SIGINT');
    const { exitCode, stderr } = await stopped;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(
      /this brings it back: kubectl --context staging -n shop rollout undo deployment\/python-web-app --to-revision=\d+ && /,
    );
    const { stdout: history } = await execa('zcat', [join(home, 'reports/latest/history.jsonl.gz')]);
    expect(history, 'the scenario ended in order').toContain('"marker":"aborted"');
    await until(async () => (await inShop()).every((name) => /python-web/.test(name)));
    const [, command = ''] = /this brings it back: (.*)/.exec(stderr) ?? [];
    await execa('sh', ['-c', command], { env: { ...environmentOf('roller') } });
    expect(await imageOf(), 'the command does what it says').toBe('rollproof/article:1.0.0');
  });

  /** A run that has just changed what lives there. */
  async function changing(): Promise<{ run: ReturnType<typeof as> }> {
    await admin('set', 'image', 'deployment/python-web-app', 'app=rollproof/article:1.0.0', '-n', 'shop');
    await admin('rollout', 'status', 'deployment/python-web-app', '-n', 'shop', '--timeout=120s');
    await until(async () => (await jobsRun()) === 0);
    const update = ['--in-place', '--image', 'app=rollproof/article:2.0.0'];
    const run = as('roller', 'verify', ...flags, ...update, ...out());
    await until(async () => (await imageOf()).endsWith(':2.0.0'));
    return { run };
  }

  const jobsRun = async () => {
    const { stdout } = await admin('get', 'pods', '-n', 'shop', '-l', 'dev.rollproof.load', '-o', 'name');
    return stdout.split('\n').filter(Boolean).length;
  };
});

describe('what can be wrong with it', () => {
  test('a context that there is not', async () => {
    const { exitCode, stderr } = await as('roller', 'verify', '--context', 'prod', '-f', FIXED);
    expect(stderr).toBe('rollproof: --context: the kubeconfig has no context prod; there are: staging');
    expect(exitCode).toBe(3);
  });

  test('a cluster that does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    writeFileSync(
      join(home, 'gone.yaml'),
      stringify({
        clusters: [{ name: 'there', cluster: { server: `https://127.0.0.1:${port}` } }],
        users: [{ name: 'me', user: { token: 'x' } }],
        contexts: [{ name: 'staging', context: { cluster: 'there', user: 'me' } }],
      }),
    );
    const { exitCode, stderr } = await as('gone', 'verify', '--context', 'staging', '-f', FIXED);
    expect(stderr).toMatch(
      /^rollproof: --context: the cluster of staging does not answer: GET \/version: .*ECONNREFUSED/,
    );
    expect(exitCode).toBe(3);
  });
});
