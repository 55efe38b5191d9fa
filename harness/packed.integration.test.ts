import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from './package-root.ts';

/**
 * The package as others get it: compiled, packed, installed in an empty project that is somewhere else, and there
 * type-checked against and called by its command. Only what needs a cluster is left out.
 */
const home = mkdtempSync(join(tmpdir(), 'rollproof-packed-'));
const app = join(home, 'app');
const installed = join(app, 'node_modules/rollproof');

beforeAll(async () => {
  const source = join(home, 'source');
  const left = new Set(['.git', 'node_modules', 'reports', 'dist'].map((name) => join(packageRoot, name)));
  cpSync(packageRoot, source, { recursive: true, filter: (path) => !left.has(path) });
  cpSync(join(packageRoot, 'reports/example'), join(source, 'reports/example'), { recursive: true });
  symlinkSync(join(packageRoot, 'node_modules'), join(source, 'node_modules'));
  // It builds what it packs.
  await execa('npm', ['pack', '--silent'], { cwd: source });
  const [tarball] = globSync('*.tgz', { cwd: source });
  file('package.json', '{ "name": "shop", "private": true, "type": "module" }');
  await execa(
    'npm',
    ['install', '-D', '--prefer-offline', '--no-audit', '--no-fund', join(source, tarball!), '@types/node@24'],
    {
      cwd: app,
    },
  );
  file('k8s/shop.yaml', 'kind: Deployment\nmetadata: { name: shop }\n---\nkind: Service\nmetadata: { name: shop }\n');
  file('scenarios/own.scenario.ts', OWN);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const OWN = `
import { claim, dropsNothing, load, rolling, rollout, scenario, service } from 'rollproof';
import { expect, test } from 'vitest';

const shop = service({ manifests: 'k8s', deployment: 'shop', service: 'shop', images: { 'shop:2': 'local' } });
const when = rolling({ container: 'shop', image: 'shop:2' });

scenario('our shop rolls', {
  given: shop.with({ strategy: { maxSurge: 1, maxUnavailable: '25%' } }),
  under: load({ rate: 20 }),
  when,
  expect: 'pass',
  claims: [claim('nobody is turned away', dropsNothing({}))],
});

test('two of them roll as well', async () => {
  const outcome = await rollout({ given: shop.with({ replicas: 2 }), when });
  expect(outcome).toDropNothing({ lanes: ['new'] });
  expect(outcome).not.toFailFor('endpoint-lag');
});
`;

function file(name: string, text: string): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}

const rollproof = (...args: string[]) => execa('npx', ['rollproof', ...args], { cwd: app, reject: false });

test('only what it needs is in it', () => {
  const files = globSync('**/*', { cwd: installed, exclude: ['node_modules/**'], withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(installed, join(entry.parentPath, entry.name)));
  expect(files.length).toBeGreaterThan(300);
  expect(files.filter((path) => !PACKED.some((pattern) => pattern.test(path)))).toEqual([]);
  // Of source there is what containers are built from, and what k6 runs.
  expect(
    files.filter((path) => /\.test\.|(^|\/)(testing|node_modules|bench|faults)\/|\.(env|pem|key|tgz|log)$/.test(path)),
  ).toEqual([]);
});

const PACKED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|CONTRIBUTING\.md|SECURITY\.md|kind-config\.yaml)$/,
  /^dist\/(harness|scenarios)\/.*\.(js|d\.ts)$/,
  /^dist\/harness\/report\/page\/style\.css$/,
  /^dist\/harness\/cli\/bootstrap\.mjs$/,
  /^docs\/.*\.(md|json|png|svg|ya?ml|Jenkinsfile)$/,
  /^docs\/ci\/[\w.-]+$/,
  /^fixtures\/(README\.md|services\/|manifests\/|histories\/README\.md)/,
  /^harness\/cluster\/(node|k6)-image\//,
  /^harness\/load\/k6\/[\w.-]+\.js$/,
  /^reports\/example\/[\w.-]+\.(html|md)$/,
];

test('what its documents lead to is in it', () => {
  const lost = globSync(['README.md', 'docs/**/*.md'], { cwd: installed }).flatMap((page) => {
    const text = readFileSync(join(installed, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, to]) => join(dirname(page), to!));
    return links.filter((to) => !existsSync(join(installed, to))).map((to) => `${page}: ${to}`);
  });
  expect(lost).toEqual([]);
});

describe('its types', () => {
  const check = () =>
    execa(process.execPath, [join(packageRoot, 'node_modules/typescript/bin/tsc'), '-p', app], {
      reject: false,
      all: true,
    });

  test("fit what is written in one's own files, and only that", { timeout: 120_000 }, async () => {
    const compilerOptions = { target: 'ES2024', module: 'NodeNext', strict: true, noEmit: true, types: ['node'] };
    file(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true }, include: ['scenarios'] }),
    );
    expect((await check()).all).toBe('');
    file('scenarios/wrong.ts', WRONG);
    const { all } = await check();
    expect(all.split('\n').map((line) => /wrong\.ts\((\d+)/.exec(line)?.[1])).toEqual(['3', '4', '5', '6', '7']);
    rmSync(join(app, 'scenarios/wrong.ts'));
  });
});

/** Lines 3 to 7 are wrong: a setting, a field that is missing, a type, a verdict, a matcher. */
const WRONG = `import { judged, load, service } from 'rollproof';
import { expect } from 'vitest';
load({ rat: 1 });
service({ manifests: 'k8s', deployment: 'shop' });
service({ manifests: 'k8s', deployment: 'shop', service: 'shop' }).with({ replicas: '3' });
expect(judged('x')).toComeOut('passed');
expect(judged('x')).toDropNothin();
`;

describe('its command', () => {
  test('finds the scenarios and the tests of the project that it is called in', async () => {
    const { exitCode, stderr } = await rollproof('run', 'nothing like this');
    expect(stderr).toContain(
      'no scenario matches "nothing like this"; there are: "our shop rolls", "two of them roll as well"',
    );
    expect(exitCode).toBe(3);
  });

  test('names what is wrong in a scenario file', async () => {
    const strategy = "'recreate' as never";
    file('bad/a.scenario.ts', OWN.replace(/\{ maxSurge.*?\}/, strategy));
    const { exitCode, stderr } = await rollproof('run', '--scenarios', 'bad');
    expect(stderr).toContain("bad/a.scenario.ts does not load: with: strategy: it has to be 'Recreate' or {");
    expect(exitCode).toBe(3);
  });

  test('judges a saved run', async () => {
    const histories = join(packageRoot, 'fixtures/histories');
    const dropped = await rollproof('judge', join(histories, 'sigterm-ignored'));
    expect(dropped.stdout).toContain('sigterm-ignored (');
    expect(dropped.exitCode).toBe(1);
    expect((await rollproof('judge', join(histories, 'good-roll'))).exitCode).toBe(0);
  });

  test('has the sample services with it, and not what only its own tests read', () => {
    expect(globSync('fixtures/services/*/app.py', { cwd: installed })).not.toEqual([]);
    expect(globSync('harness/load/k6/lane.js', { cwd: installed })).not.toEqual([]);
    expect(globSync('{fixtures/histories/*/*,dist/**/*.test.js,dist/**/testing}', { cwd: installed })).toEqual([]);
  });
});
